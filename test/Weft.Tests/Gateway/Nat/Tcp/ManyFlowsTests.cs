using Weft.Gateway.Nat.Tcp;
using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>Thousands of flows: everything comes back, and an idle one costs little.</summary>
public sealed class ManyFlowsTests
{
    [Fact]
    public void Ten_thousand_flows_opened_and_closed_leave_nothing()
    {
        using var bench = new TcpBench(capacity: 512);
        var random = new Random(1);

        // A reset is never repeated; a guest that only waits and loses it waits for ever, with any TCP.
        bench.ToGuest.Loses = segment => !segment.Is(GuestSegment.Rst) && random.Next(100) == 0;
        bench.ToHost.Impair(0.01);
        int ended = 0;
        int kind = 0;
        bench.World.Serve(TcpBench.Server, () => kind++ % 10 == 0 ? new ResettingPeer(50) : new AnsweringPeer(100, 3_000));
        for (int opened = 0; opened < 10_000;)
        {
            var wave = new List<GuestTcp>();
            for (int i = 0; i < 100; i++, opened++)
            {
                GuestTcp guest = bench.Guest.Dial(TcpBench.Server);
                guest.Write(100);
                guest.OnFin = finished => finished.Finish();
                wave.Add(guest);
                if (i % 17 == 0)
                {
                    guest.OnReceived = received => received.Reset();
                }
            }
            Assert.True(bench.RunUntil(() => wave.All(guest => guest.IsFinished || guest.State == GuestTcpState.Closed)));
            ended += wave.Count(guest => guest.Received == 3_000 && guest.FirstWrong < 0);
            wave.ForEach(bench.Guest.Forget);
        }
        Assert.InRange(ended, 8_000, 10_000);
        Assert.True(bench.RunUntil(() => bench.Table.Count == 0, 400_000_000));
        bench.AssertNothingLeft();
        Assert.Empty(bench.Violations);
        Assert.Equal(0, bench.World.LiveSockets);
    }

    [Fact]
    public void Five_thousand_idle_flows_outlive_a_kill_and_go_away_when_their_guest_does()
    {
        const int Flows = 5_000;
        using var bench = new TcpBench(capacity: Flows + 10) { RingSize = 2 * Flows };
        bench.World.Serve(TcpBench.Server, () => new QuietPeer());
        var guests = new List<GuestTcp>();
        while (guests.Count < Flows)
        {
            GuestTcp[] wave = [.. Enumerable.Range(0, 100).Select(_ => bench.Guest.Dial(TcpBench.Server))];
            guests.AddRange(wave);
            Assert.True(bench.RunUntil(() => wave.All(guest => guest.IsOpen)));
        }
        bench.Run(10_000);
        bench.Kill();
        bench.Run(2_000_000);
        Assert.Equal((Flows, Flows, 0), (bench.Table.Count, bench.Takeovers.Restored, bench.Takeovers.Lost));
        guests.ForEach(guest => guest.Write(10));
        Assert.True(bench.RunUntil(() => guests.All(guest => guest.Acknowledged == 10)));
        guests.ForEach(guest => guest.Reset());
        bench.AssertNothingLeft();
    }

    [Fact]
    public void An_idle_flow_costs_at_most_384_bytes() => Assert.InRange(TcpTable.BytesPerFlow, 200, 384);

    [Fact]
    public void A_full_table_says_no_and_recovers()
    {
        using var bench = new TcpBench(capacity: 10);
        bench.World.Serve(TcpBench.Server, () => new QuietPeer());
        GuestTcp[] guests = [.. Enumerable.Range(0, 15).Select(_ => bench.Guest.Dial(TcpBench.Server))];
        bench.Run(10_000);
        Assert.Equal(10, guests.Count(guest => guest.IsOpen));
        Assert.Equal(10, bench.Host.Descriptors.Count);
        guests[0].Reset();
        guests[1].Reset();
        Assert.True(bench.RunUntil(() => guests.Count(guest => guest.IsOpen) == 10, 10_000_000));
    }

    [Fact]
    public void A_network_that_goes_away_takes_its_flows_along()
    {
        using var bench = new TcpBench();
        var peer = new QuietPeer();
        bench.World.Serve(TcpBench.Server, () => peer);
        GuestTcp guest = bench.Guest.Dial(TcpBench.Server);
        guest.Write(1000);
        Assert.True(bench.RunUntil(() => peer.BytesRead == 1000));
        bench.Translator.Dispose();
        Assert.Equal((0, 0, 0), (bench.Table.Count, bench.Table.Wheel.Count, bench.Table.Budgets.Guests));
        Assert.Null(bench.Table.OwnerOf(7));
        bench.Run(1_000);
        Assert.True(peer.SawReset);
    }
}
