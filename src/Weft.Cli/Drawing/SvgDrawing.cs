using System.Globalization;
using System.Security;
using System.Text;

namespace Weft.Cli.Drawing;

/// <summary>
/// Theory. A drawing of our own, in three rows: the outside, the networks side by side, the guests below them. A guest stands as
/// near below its networks as its neighbours let it; lines are drawn first and boxes over them, so no line crosses a text.
/// A NIC's facts stand in its guest's box, one row each; the line's form and colour say its state.
/// </summary>
public static class SvgDrawing
{
    private const int Margin = 20;
    private const int Gap = 24;
    private const int Row = 18;
    private const int Letter = 7;
    private const int NetworksTop = 110;
    private const int RowGap = 90;
    private const int GuestsPerRow = 6;
    private const int LeastWidth = 150;

    public static string Render(Graph graph)
    {
        Box[] networks = LayNetworks(graph.Networks);
        int networksBottom = networks.Length == 0 ? NetworksTop : networks.Max(b => b.Bottom);
        Box[] guests = LayGuests(graph.Guests, networks, networksBottom + RowGap);
        int width = Math.Max(360, networks.Concat(guests).Select(b => b.Right).DefaultIfEmpty(0).Max() + Margin);
        int height = guests.Concat(networks).Select(b => b.Bottom).DefaultIfEmpty(NetworksTop).Max() + Margin;
        Box outside = new((width / 2) - 60, Margin, 120, 34);
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n");
        foreach (GraphNetwork network in graph.Networks.Where(n => n.Gateway is not null))
        {
            AppendLine(svg, outside.Middle, outside.Bottom, networks[network.Number].Middle, networks[network.Number].Top, CableState.Up);
        }
        for (int i = 0; i < guests.Length; i++)
        {
            AppendCables(svg, graph.Guests[i], guests[i], networks);
        }
        if (Array.Exists(graph.Networks, n => n.Gateway is not null))
        {
            AppendBox(svg, outside, "#f2f2f2", ["outside"]);
        }
        foreach (GraphNetwork network in graph.Networks)
        {
            AppendBox(svg, networks[network.Number], "#dcecf9", Lines(network));
        }
        for (int i = 0; i < guests.Length; i++)
        {
            AppendBox(svg, guests[i], "#eef6e6", Lines(graph.Guests[i]));
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static string[] Lines(GraphNetwork network) =>
    [
        network.Name, network.Subnet is null ? network.Mode : $"{network.Mode} {network.Subnet}",
        .. network.Gateway is null ? [] : (string[])[$"gateway {network.Gateway}"], .. network.Forwards,
    ];

    private static string[] Lines(GraphGuest guest) => [guest.Name, .. guest.Nics.Select(n => n.Label)];

    private static Box[] LayNetworks(GraphNetwork[] networks)
    {
        int x = Margin;
        List<Box> boxes = [];
        foreach (GraphNetwork network in networks)
        {
            Box box = BoxFor(Lines(network)) with { X = x, Y = NetworksTop };
            boxes.Add(box);
            x = box.Right + Gap;
        }
        return [.. boxes];
    }

    /// <summary>Rows of guests; in each, a guest goes below the middle of its networks, or beside the guest before it.</summary>
    private static Box[] LayGuests(GraphGuest[] guests, Box[] networks, int top)
    {
        Box[] boxes = new Box[guests.Length];
        for (int first = 0; first < guests.Length; first += GuestsPerRow)
        {
            int[] row = [.. Enumerable.Range(first, Math.Min(GuestsPerRow, guests.Length - first)).OrderBy(i => Wish(guests[i], networks))];
            int left = Margin;
            foreach (int i in row)
            {
                Box box = BoxFor(Lines(guests[i]));
                int wish = Wish(guests[i], networks) - (box.Width / 2);
                boxes[i] = box with { X = row.Length == 1 ? Math.Max(left, wish) : left, Y = top };
                left = boxes[i].Right + Gap;
            }
            Center(boxes, row, networks);
            top = row.Max(i => boxes[i].Bottom) + Gap;
        }
        return boxes;
    }

    /// <summary>A row of guests stands below the networks as a whole.</summary>
    private static void Center(Box[] boxes, int[] row, Box[] networks)
    {
        int right = networks.Length == 0 ? 0 : networks.Max(b => b.Right);
        int shift = (right - row.Max(i => boxes[i].Right)) / 2;
        if (row.Length > 1 && shift > 0)
        {
            Array.ForEach(row, i => boxes[i] = boxes[i] with { X = boxes[i].X + shift });
        }
    }

    private static int Wish(GraphGuest guest, Box[] networks)
    {
        int[] middles = [.. guest.Nics.Where(n => n.Network >= 0).Select(n => networks[n.Network].Middle)];
        return middles.Length == 0 ? 0 : (int)middles.Average();
    }

    private static Box BoxFor(string[] lines) => new(0, 0, Math.Max(LeastWidth, (lines.Max(l => l.Length) * Letter) + 16), (lines.Length * Row) + 12);

    private static void AppendCables(StringBuilder svg, GraphGuest guest, Box box, Box[] networks)
    {
        for (int i = 0; i < guest.Nics.Length; i++)
        {
            GraphNic nic = guest.Nics[i];
            if (nic.Network >= 0)
            {
                int x = box.X + (box.Width * (i + 1) / (guest.Nics.Length + 1));
                AppendLine(svg, x, box.Top, Math.Clamp(x, networks[nic.Network].X + 12, networks[nic.Network].Right - 12), networks[nic.Network].Bottom, nic.State);
            }
        }
    }

    private static void AppendLine(StringBuilder svg, int x1, int y1, int x2, int y2, CableState state)
    {
        (string color, string dash) = state switch
        {
            CableState.Up => ("#2e7d32", ""),
            CableState.Down => ("#9e9e9e", " stroke-dasharray=\"6 4\""),
            _ => ("#c62828", " stroke-dasharray=\"2 4\""),
        };
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{color}\" stroke-width=\"2\"{dash}/>\n");
    }

    private static void AppendBox(StringBuilder svg, Box box, string fill, string[] lines)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{box.X}\" y=\"{box.Y}\" width=\"{box.Width}\" height=\"{box.Height}\" rx=\"6\" fill=\"{fill}\" stroke=\"#607d8b\"/>\n");
        for (int i = 0; i < lines.Length; i++)
        {
            string weight = i == 0 ? " font-weight=\"bold\"" : "";
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{box.Middle}\" y=\"{box.Y + 18 + (i * Row)}\" text-anchor=\"middle\"{weight}>{SecurityElement.Escape(lines[i])}</text>\n");
        }
    }

    private readonly record struct Box(int X, int Y, int Width, int Height)
    {
        public int Top => Y;

        public int Right => X + Width;

        public int Bottom => Y + Height;

        public int Middle => X + (Width / 2);
    }
}
