using Weft.Cli.Watching;
using Weft.Model.Api;

namespace Weft.Tests.Cli;

public sealed class TopTableTests
{
    [Fact]
    public void Rates_are_what_moved_in_that_time_the_busiest_first()
    {
        StatusDocument first = Status(Port("alpha:1", 1_000, 100_000, 10), Port("beta:1", 0, 0, 0));
        StatusDocument second = Status(Port("alpha:1", 1_200, 120_000, 14), Port("beta:1", 5_000, 5_000_000, 0), Port("new:1", 9, 900, 2));

        TopDocument top = TopTable.Between(first, second, 2);

        Assert.Equal(["beta:1", "alpha:1", "new:1"], top.Items.Select(p => p.Name));
        Assert.Equal((2_500.0, 20e6, 2.0), (top.Items[0].FramesIn, top.Items[0].BitsIn, top.Items[1].Drops["port-full"]));
        Assert.Equal((0.0, 0), (top.Items[2].FramesIn, top.Items[2].Drops.Count));
        Assert.Equal((50.0, 4.0, 0.25), (top.Lanes[0].Frames, top.Lanes[0].Burst, top.Lanes[0].Busy));
        Assert.Equal(
            """
            NIC      network  in pkt/s  in bit/s  out pkt/s  out bit/s   room  drops/s
            beta:1   lab          2.5k       20M          0          0  7/256  0
            alpha:1  lab           100       80k          0          0  7/256  port-full 2
            new:1    lab             0         0          0          0  7/256  0
            lane 0: 25 % busy, 50 pkt/s, 4.0 frames a burst

            """, TopTable.Render(top, color: false));
    }

    [Fact]
    public void A_worker_that_was_started_anew_gives_no_negative_rates() =>
        Assert.Equal(0, TopTable.Between(Status(Port("a:1", 100, 100, 9)), Status(Port("a:1", 1, 1, 0)), 1).Items[0].BitsIn);

    private int _looks;

    private StatusDocument Status(params PortDocument[] ports)
    {
        int look = _looks++ % 2;
        return new StatusDocument
        {
            Version = "1", Home = "/", Networks = [new NetworkDocument { Name = "lab", Mode = "internal", Ports = ports }],
            Worker = new WorkerDocument("ok", 1, 0, 0, 0, 0)
            {
                Lanes = [new LaneDocument { Frames = 100 * look, Bursts = 25 * look, BusyNanoseconds = 500_000_000 * look }],
            },
        };
    }

    private static PortDocument Port(string name, long frames, long bytes, long drops) => new()
    {
        Name = name, Vm = "", Mac = "", Attachment = "", Path = "", FramesIn = frames, BytesIn = bytes, BuffersFree = 7, BuffersMost = 256,
        DropsByReason = drops == 0 ? [] : new() { ["port-full"] = drops },
    };
}
