using System.Xml.Linq;
using Weft.Cli.Drawing;
using Weft.Model.Api;

namespace Weft.Tests.Cli;

public sealed class DrawingTests
{
    private static readonly Graph Drawn = Graph.Of(new StatusDocument
    {
        Version = "1", Home = "/", Worker = new WorkerDocument("ok", 1, 0, 0, 0, 0),
        Networks =
        [
            new NetworkDocument
            {
                Name = "lab", Mode = "nat-network", Subnet = "10.20.0.0/24", Gateway = "10.20.0.1",
                Forwards = [new ForwardDocument("", "", "127.0.0.1", 8080, "alpha", 80, "tcp")],
                Ports = [Port("alpha:1", "10.20.0.15", true, true), Port("beta:1", null, true, false)],
            },
            new NetworkDocument { Name = "quiet", Mode = "internal", Ports = [Port("alpha:2", null, false, false)] },
        ],
        NotAttached = [Port("gamma:1", null, true, false)],
    });

    [Fact]
    public void Mermaid_shows_every_cable() => Assert.Equal(
        """
        flowchart TB
          outside((outside))
          n0[["lab<br/>nat-network 10.20.0.0/24"]]
          outside ---|"gateway 10.20.0.1<br/>8080 → alpha:80/tcp"| n0
          n1[["quiet<br/>internal"]]
          g0["alpha"]
          n0 ---|"alpha:1 10.20.0.15"| g0
          n1 -.-|"alpha:2 (unplugged)"| g0
          g1["beta"]
          n0 -.-|"beta:1 (down)"| g1
          g2["gamma"]

        """, MermaidDrawing.Render(Drawn));

    [Fact]
    public void Dot_shows_every_cable()
    {
        string dot = DotDrawing.Render(Drawn);
        Assert.StartsWith("graph weft {", dot);
        Assert.Contains("n0 -- g0 [label=\"alpha:1 10.20.0.15\"];", dot);
        Assert.Contains("n1 -- g0 [label=\"alpha:2 (unplugged)\", style=dashed];", dot);
        Assert.Equal(dot.Count(c => c == '{'), dot.Count(c => c == '}'));
    }

    [Fact]
    public void Svg_is_sound_and_no_two_boxes_overlap()
    {
        XElement svg = XElement.Parse(SvgDrawing.Render(Drawn));
        (double X, double Y, double Right, double Bottom)[] boxes = [.. svg.Elements().Where(e => e.Name.LocalName == "rect").Skip(1).Select(e =>
            (Of(e, "x"), Of(e, "y"), Of(e, "x") + Of(e, "width"), Of(e, "y") + Of(e, "height")))];
        Assert.Equal(6, boxes.Length);
        for (int i = 0; i < boxes.Length; i++)
        {
            Assert.True(boxes[i].X >= 0 && boxes[i].Right <= Of(svg, "width") && boxes[i].Bottom <= Of(svg, "height"));
            for (int j = 0; j < i; j++)
            {
                Assert.True(boxes[i].Right <= boxes[j].X || boxes[j].Right <= boxes[i].X || boxes[i].Bottom <= boxes[j].Y || boxes[j].Bottom <= boxes[i].Y);
            }
        }
        Assert.Equal(4, svg.Elements().Count(e => e.Name.LocalName == "line"));
        Assert.Contains("alpha:1 10.20.0.15", svg.Value);
    }

    private static double Of(XElement element, string name) => double.Parse(element.Attribute(name)!.Value);

    private static PortDocument Port(string name, string? address, bool plugged, bool up) => new()
    {
        Name = name, Vm = name.Split(':')[0], Mac = "", Attachment = "", Path = "", Address = address, Plugged = plugged, Up = up,
    };
}
