using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Tests.Cli;

public sealed class StatusPictureTests
{
    private static readonly StatusDocument Status = new()
    {
        Version = "0.1.0",
        Home = "/home/u/.local/state/weft",
        UptimeSeconds = 41.7,
        Worker = new WorkerDocument("ok", 4711, 1, 12.5, 0, 3),
        Vms = 2,
        Flows = new FlowsDocument(10, 3, 1),
        Networks =
        [
            new NetworkDocument
            {
                Name = "lab", Mode = "nat-network", Subnet = "10.20.0.0/24", Gateway = "10.20.0.1", Mtu = 1500,
                Dhcp = new DhcpDocument(2, 240, "10.20.0.15", "10.20.0.254"), DnsUpstreams = ["192.0.2.53"], BitsUp = 1_234_567,
                    BitsDown = 310_400_000,
                Forwards = [ForwardOf("8080:alpha:80"), ForwardOf("0.0.0.0:5353:beta:53/udp")],
                Ports =
                [
                    Port("alpha:1", "10.20.0.15", "52:54:00:aa:bb:01", true, 1_120, []),
                    Port("beta:1", "10.20.0.16", "52:54:00:aa:bb:02", true, 2, new() { ["no-carrier"] = 3, ["port-full"] = 1200 }),
                    Port("gamma:10", null, "52:54:00:aa:bb:03", false, 0, []) with { Plugged = false, Attachment = "tap" },
                ],
            },
            new NetworkDocument { Name = "quiet", Mode = "internal", Mtu = 1500 },
        ],
        Problems = [],
    };

    [Fact]
    public void The_picture_is_as_it_was_agreed() => Assert.Equal(
        """
        weft 0.1.0  up 00:00:41   worker ok (1 restart)   2 networks  2 guests  14 flows

        lab (nat-network 10.20.0.0/24)                                       ↑ 1.2 Mbit/s  ↓ 310 Mbit/s
         ├─ gateway 10.20.0.1   dhcp 2/240 leases   dns → 192.0.2.53   forward 8080→alpha:80
         │    forward 0.0.0.0:5353→beta:53/udp
         ├─ alpha:1   10.20.0.15  52:54:00:aa:bb:01  seqpacket  up         1.1k pkt/s  drops 0
         ├─ beta:1    10.20.0.16  52:54:00:aa:bb:02  seqpacket  up            2 pkt/s  drops 1.2k (no-carrier 3, port-full 1.2k)
         └─ gamma:10  -           52:54:00:aa:bb:03  tap        unplugged     0 pkt/s  drops 0

        quiet (internal)   no members

        problems: none

        """, StatusPicture.Render(Status, 95, color: false));

    [Fact]
    public void The_wide_picture_names_the_card_that_the_guest_sees()
    {
        PortDocument port = Port("alpha:1", null, "52:54:00:aa:bb:01", true, 0, []);
        string Wide(string? model) => StatusPicture.Render(Status with { Networks = [], NotAttached = [port with { Model = model }] }, 95, color: false, wide: true);

        Assert.Contains("   out 0 frames, 0 bytes   model pcnet\n", Wide("pcnet"));
        Assert.DoesNotContain("model", Wide(null));
    }

    [Fact]
    public void Problems_and_cards_without_a_network_are_shown()
    {
        StatusDocument status = Status with
        {
            Networks = [],
            Worker = Status.Worker with { State = "uncovered", Restarts = 2 },
            Vms = 1,
            Flows = new FlowsDocument(0, 0, 0),
            UptimeSeconds = 90_061,
            NotAttached = [Port("alpha:2", null, "52:54:00:aa:bb:09", false, 0, [])],
            Problems = [new ProblemDocument("no keeper holds the worker's connections", true, "weft status"),
                new ProblemDocument("NIC a:1 moved", false, null)],
        };

        Assert.Equal(
            """
            weft 0.1.0  up 1d 01:01:01   worker uncovered (2 restarts)   0 networks  1 guest  0 flows

            not attached
             └─ alpha:2  -  52:54:00:aa:bb:09  seqpacket  down  0 pkt/s  drops 0

            problems:
             - no keeper holds the worker's connections (try: weft status)
             - NIC a:1 moved

            """, StatusPicture.Render(status, 95, color: false));
    }

    [Fact]
    public void Colour_adds_nothing_but_colour()
    {
        string colored = StatusPicture.Render(Status, 95, color: true);

        Assert.Contains("\x1b[32mup", colored);
        Assert.Equal(StatusPicture.Render(Status, 95, color: false),
            System.Text.RegularExpressions.Regex.Replace(colored, "\x1b\\[[0-9]*m", ""));
    }

    [Theory]
    [InlineData(0, "0 bit/s")]
    [InlineData(999, "999 bit/s")]
    [InlineData(999.9, "1.0 kbit/s")]
    [InlineData(1_234_567, "1.2 Mbit/s")]
    [InlineData(9_960_000, "10 Mbit/s")]
    [InlineData(24_900_000_000, "25 Gbit/s")]
    public void Rates_have_two_or_three_figures(double bits, string text) => Assert.Equal(text, Units.BitsPerSecond(bits));

    private static PortDocument Port(string name, string? address, string mac, bool up, double packets, SortedDictionary<string,
        long> drops) => new()
    {
        Name = name, Vm = name.Split(':')[0], Mac = mac, Attachment = "seqpacket", Path = "/x", Address = address, Plugged = true, Up = up,
        PacketsPerSecond = packets, Drops = drops.Values.Sum(), DropsByReason = drops,
    };

    private static ForwardDocument ForwardOf(string text) => Forward.TryParse(text, out Forward forward, out _)
        ? ForwardDocument.Of(forward) : throw new ArgumentException(text);
}
