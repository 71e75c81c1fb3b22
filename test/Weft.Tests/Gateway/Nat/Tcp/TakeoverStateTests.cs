using Weft.Gateway.Nat.Tcp;
using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>What a successor makes of particular states: idle, reset, shut, half born, half dead, lost.</summary>
public sealed class TakeoverStateTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_idle_connection_outlives_its_worker(bool hostSpeaksFirst)
    {
        using var bench = new TcpBench();
        var peer = new QuietPeer();
        bench.World.Serve(TcpBench.Server, () => peer);
        GuestTcp guest = bench.Guest.Dial(TcpBench.Server);
        guest.Write(100);
        Assert.True(bench.RunUntil(() => peer.BytesRead == 100));
        for (int i = 1; i <= 5; i++)
        {
            bench.Kill();
            bench.Run(1_000_000);
            if (hostSpeaksFirst)
            {
                peer.Say(5_000);
                Assert.True(bench.RunUntil(() => guest.Received == 5_000 * i, 900_000));
            }
            else
            {
                guest.Write(100);
                Assert.True(bench.RunUntil(() => peer.BytesRead == 100 + 100 * i, 900_000));
            }
        }
        Assert.Equal(5, bench.Takeovers.Restored);
        Assert.Empty(bench.Violations);
    }

    [Fact]
    public void An_acknowledgement_lost_with_the_worker_comes_once_the_guests_position_is_known()
    {
        using var bench = new TcpBench { Replays = 0, Gap = 1_000 };
        var peer = new QuietPeer();
        bench.World.Serve(TcpBench.Server, () => peer);
        GuestTcp guest = bench.Guest.Dial(TcpBench.Server);
        Assert.True(bench.RunUntil(() => guest.IsOpen));
        bench.Run(1_000);
        bench.ToHost.Loses = segment => segment.Payload.Length == 0;
        peer.Say(3_000);
        Assert.True(bench.RunUntil(() => guest.Received == 3_000));
        bench.ToHost.Loses = null;
        bench.Host.Seam.KillAfter(1);
        guest.Write(1_000);
        Assert.True(bench.RunUntil(() => bench.Kills == 1, 10_000));
        Assert.True(bench.RunUntil(() => guest.Acknowledged == 1_000, 50_000));
        Assert.Equal(1_000, peer.BytesRead);
        Assert.Equal(0, guest.TimeOuts);
    }

    [Fact]
    public void A_connection_that_the_host_reset_meanwhile_is_reset_toward_a_guest_that_only_waits()
    {
        using var bench = new TcpBench { Gap = 10_000 };
        var peer = new QuietPeer();
        bench.World.Serve(TcpBench.Server, () => peer);
        GuestTcp guest = bench.Guest.Dial(TcpBench.Server);
        guest.Write(100);
        Assert.True(bench.RunUntil(() => peer.BytesRead == 100));
        peer.Say(3_000);
        Assert.True(bench.RunUntil(() => guest.Received == 3_000));
        bench.Run(100_000);
        peer.Reset();
        bench.Kill();
        Assert.True(bench.RunUntil(() => guest.SawReset, 900_000));
        Assert.Equal(1, bench.Takeovers.Ended);
        bench.AssertNothingLeft();
    }

    [Fact]
    public void A_young_flow_does_not_end_what_an_old_one_still_has_to_deliver()
    {
        using var bench = new TcpBench();
        var slow = new SlowReader(buffer: 1_000, chunk: 1_000, pause: 100) { IsStuck = true };
        bench.World.Serve(TcpBench.Server, () => slow);
        GuestTcp old = bench.Guest.Dial(TcpBench.Server);
        old.Write(50_000);
        old.Finish();
        Assert.True(bench.RunUntil(() => old.FinAcknowledged));
        bench.Run(1_000);
        bench.Host.Keeper.IsBlocked = true;
        slow.Finish();
        Assert.True(bench.RunUntil(() => old.IsFinished && bench.Table.Count == 0));
        var peer = new AnsweringPeer(100, 200);
        bench.World.Serve(TcpBench.Server, () => peer);
        GuestTcp young = bench.Guest.Dial(TcpBench.Server);
        bench.Run(10_000);
        bench.Kill();
        slow.IsStuck = false;
        var next = new AnsweringPeer(100, 200);
        bench.World.Serve(TcpBench.Server, () => next);
        young.Write(100);
        young.Finish();
        Assert.True(bench.RunUntil(() => young.IsFinished && slow.SawFin, 5_000_000));
        Assert.Equal((200L, 100L, 50_000L, -1L), (young.Received, next.BytesRead, slow.BytesRead, slow.FirstWrong));
        Assert.False(slow.SawReset);
        bench.AssertNothingLeft();
    }

    [Fact]
    public void A_flow_that_ended_in_the_last_turn_still_delivers_though_no_record_claims_it()
    {
        using var bench = new TcpBench();
        var slow = new SlowReader(buffer: 1_000, chunk: 1_000, pause: 100) { IsStuck = true };
        bench.World.Serve(TcpBench.Server, () => slow);
        GuestTcp old = bench.Guest.Dial(TcpBench.Server);
        old.Write(50_000);
        old.Finish();
        Assert.True(bench.RunUntil(() => old.FinAcknowledged));
        bench.Run(1_000);
        bench.Host.Keeper.IsBlocked = true;
        slow.Finish();
        Assert.True(bench.RunUntil(() => old.IsFinished && bench.Table.Count == 0));
        bench.Kill();
        slow.IsStuck = false;
        Assert.True(bench.RunUntil(() => slow.SawFin));
        Assert.Equal((1, 50_000L, -1L, false), (bench.Orphans, slow.BytesRead, slow.FirstWrong, slow.SawReset));
        bench.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_young_flow_is_not_given_the_socket_of_an_old_one_that_had_its_slot(bool wasReset)
    {
        using var bench = new TcpBench();
        var first = new QuietPeer();
        bench.World.Serve(TcpBench.Server, () => first);
        GuestTcp old = bench.Guest.Dial(TcpBench.Server);
        Assert.True(bench.RunUntil(() => old.IsOpen));
        bench.Run(1_000);
        int slot = bench.Table.All[0].Slot;
        bench.Host.Keeper.IsBlocked = true;
        if (wasReset)
        {
            old.Reset();
        }
        else
        {
            old.Finish();
            first.Finish();
        }
        Assert.True(bench.RunUntil(() => bench.Table.Count == 0));
        var second = new AnsweringPeer(100, 200);
        bench.World.Serve(TcpBench.Server, () => second);
        GuestTcp young = bench.Guest.Dial(TcpBench.Server);
        bench.Run(10_000);
        Assert.Equal((slot, TcpRecordState.Dialling), (bench.Table.All[0].Slot, bench.Table.All[0].State));
        bench.Kill();
        var third = new AnsweringPeer(100, 200);
        bench.World.Serve(TcpBench.Server, () => third);
        young.Write(100);
        young.Finish();
        Assert.True(bench.RunUntil(() => young.IsFinished, 5_000_000));
        Assert.Equal((200L, 100L), (young.Received, third.BytesRead));
        Assert.Equal(0, bench.Takeovers.Lost);
        bench.AssertNothingLeft();
    }

    [Fact]
    public void A_window_that_was_shut_at_the_kill_opens_again()
    {
        using var bench = new TcpBench();
        var slow = new SlowReader(buffer: 10_000, chunk: 10_000, pause: 500) { IsStuck = true };
        bench.World.Serve(TcpBench.Server, () => slow);
        GuestTcp guest = bench.Guest.Dial(TcpBench.Server);
        guest.Write(1 << 20);
        guest.Finish();
        bench.Run(20_000_000);
        bench.Kill();
        bench.Run(1_000_000);
        long before = guest.Acknowledged;
        slow.IsStuck = false;
        Assert.True(bench.RunUntil(() => guest.Acknowledged > before + 200_000, 900_000));
        Assert.True(bench.RunUntil(() => guest.IsFinished && slow.SawFin, 30_000_000));
        Assert.Equal((1L << 20, -1L), (slow.BytesRead, slow.FirstWrong));
        bench.AssertNothingLeft();
    }

    [Fact]
    public void Records_without_a_descriptor_or_a_network_are_counted_and_freed()
    {
        using var bench = new TcpBench();
        bench.World.Serve(TcpBench.Server, () => new QuietPeer());
        GuestTcp[] guests = [.. Enumerable.Range(0, 3).Select(_ => bench.Guest.Dial(TcpBench.Server))];
        Assert.True(bench.RunUntil(() => guests.All(guest => guest.IsOpen)));
        bench.Run(1_000);
        bench.Table.All[0].Slot = 999;
        bench.Table.All[1].NetworkId = 12345;
        bench.Table.All[2].Stamp |= 0x70;
        bench.Kill();
        Assert.Equal(3, bench.Takeovers.Lost);
        bench.AssertNothingLeft();
        guests[0].Write(10);
        Assert.True(bench.RunUntil(() => guests[0].SawReset));
    }
}
