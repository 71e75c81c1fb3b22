using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>kill -9 of the worker at every call of the host, and at random ones under load: every byte right, every conversation ends.</summary>
public sealed class TakeoverTests
{
    private const int Most = 1000;

    [Theory]
    [InlineData((int)Closing.GuestFirst, false, 1)]
    [InlineData((int)Closing.GuestFirst, true, 2)]
    [InlineData((int)Closing.HostFirst, true, 1)]
    [InlineData((int)Closing.HostFirst, false, 2)]
    [InlineData((int)Closing.Together, true, 1)]
    [InlineData((int)Closing.Together, false, 2)]
    public void A_kill_at_every_call_of_a_conversation(int closing, bool after, int replays)
    {
        int kills = 0;
        for (int call = 1; call < Most; call++)
        {
            using var bench = new TcpBench { Replays = replays };
            Plan(bench, call, after);
            string? wrong = new Conversation(bench, (Closing)closing).Play();
            Assert.True(wrong is null, $"call {call}: {wrong}");
            Assert.Equal(0, bench.Takeovers.Lost);
            bench.AssertNothingLeft();
            if (bench.Kills == 0)
            {
                break;
            }
            kills++;
        }
        Assert.InRange(kills, 40, Most - 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_kill_at_every_call_of_a_host_client_s_conversation(bool after)
    {
        int kills = 0, takenUp = 0;
        for (int call = 1; call < Most; call++)
        {
            using var bench = new TcpBench();
            bench.OpenForward();
            Plan(bench, call, after);
            string? wrong = new Conversation(bench, Closing.Called).Play();
            Assert.True(wrong is null, $"call {call}: {wrong}");
            Assert.Equal(0, bench.Refused);
            bench.AssertNothingLeft();
            if (bench.Kills == 0)
            {
                break;
            }
            kills++;
            takenUp += bench.TakenUp;
        }
        Assert.InRange(kills, 30, Most - 2);
        Assert.InRange(takenUp, 1, kills);
    }

    [Theory]
    [InlineData((int)Closing.GuestFirst)]
    [InlineData((int)Closing.HostFirst)]
    public void A_second_kill_in_the_middle_of_the_takeover(int closing)
    {
        for (int call = 5; call < Most; call += 7)
        {
            for (int second = 1; second <= 8; second++)
            {
                using var bench = new TcpBench();
                Plan(bench, call, after: true, second);
                string? wrong = new Conversation(bench, (Closing)closing).Play();
                Assert.True(wrong is null, $"calls {call}, {second}: {wrong}");
                if (bench.Kills == 0)
                {
                    return;
                }
            }
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 10)]
    [InlineData(4, 10)]
    public void Random_kills_under_load(int seed, int loss)
    {
        const long Size = 1 << 20;
        var random = new Random(seed);
        using var bench = new TcpBench(seed) { Gap = 5_000 };
        bench.ToGuest.Impair(loss / 1000.0);
        bench.ToHost.Impair(loss / 1000.0);
        int deaths = 60;
        bench.Arm = host => Doom(host, random, ref deaths);
        bench.Kill();
        var peers = new List<AnsweringPeer>();
        bench.World.Serve(TcpBench.Server, () =>
        {
            peers.Add(new AnsweringPeer(question: 1, answer: Size));
            return peers[^1];
        });
        GuestTcp[] guests = [.. Enumerable.Range(0, 8).Select(_ => bench.Guest.Dial(TcpBench.Server))];
        foreach (GuestTcp guest in guests)
        {
            guest.Expected = Size;
            guest.Write(Size);
            guest.Finish();
        }
        Assert.True(bench.RunUntil(() => guests.All(guest => guest.IsFinished || guest.State == GuestTcpState.Closed), 120_000_000), State(bench, guests));
        Assert.All(guests, guest => Assert.Equal((Size, -1L), (guest.Received, guest.FirstWrong)));
        Assert.All(peers.Where(peer => peer.BytesRead > 0), peer => Assert.Equal((Size, -1L), (peer.BytesRead, peer.FirstWrong)));
        Assert.Empty(bench.Violations);
        Assert.Equal(0, bench.Takeovers.Lost);
        Assert.InRange(bench.Kills, 15, 61);
        Assert.True(guests.Max(guest => guest.LongestStall) < 4_000_000, State(bench, guests));
        bench.Arm = null;
        bench.AssertNothingLeft();
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void Random_kills_under_a_stream_of_short_connections(int seed)
    {
        var random = new Random(seed);
        using var bench = new TcpBench(seed, capacity: 256);
        int deaths = 80;
        bench.Arm = host => Doom(host, random, ref deaths);
        bench.Kill();
        bench.World.Serve(TcpBench.Server, () => new AnsweringPeer(question: 500, answer: 2_000));
        var all = new List<GuestTcp>();
        for (int round = 0; round < 60; round++)
        {
            for (int i = 0; i < 10; i++)
            {
                GuestTcp guest = bench.Guest.Dial(TcpBench.Server);
                guest.Write(500);
                guest.OnFin = ended => ended.Finish();
                all.Add(guest);
            }
            bench.Run(3_000);
        }
        Assert.True(bench.RunUntil(() => all.All(guest => guest.IsFinished || guest.State == GuestTcpState.Closed), 60_000_000));
        Assert.All(all, guest => Assert.Equal((2_000L, -1L, true), (guest.Received, guest.FirstWrong, guest.SawFin)));
        Assert.Empty(bench.Violations);
        Assert.InRange(bench.Kills, 40, 81);
        bench.Arm = null;
        bench.AssertNothingLeft();
    }

    private static void Plan(TcpBench bench, int call, bool after, int second = 0)
    {
        if (after)
        {
            bench.Host.Seam.KillAfter(call);
        }
        else
        {
            bench.Host.Seam.KillBefore(call);
        }
        int workers = 0;
        bench.Arm = host =>
        {
            if (workers++ == 0 && second > 0)
            {
                host.Seam.KillAfter(second);
            }
        };
    }

    private static void Doom(SimulatedHost host, Random random, ref int deaths)
    {
        if (deaths-- <= 0)
        {
            return;
        }
        int call = random.Next(4) == 0 ? random.Next(1, 30) : random.Next(30, 100);
        if (random.Next(2) == 0)
        {
            host.Seam.KillAfter(call);
        }
        else
        {
            host.Seam.KillBefore(call);
        }
    }

    private static string State(TcpBench bench, GuestTcp[] guests) =>
        $"{bench.Kills} kills: " + string.Join("; ", guests.Select(guest =>
            $"{guest.State} got {guest.Received} fin {guest.SawFin} acked {guest.Acknowledged} stall {guest.LongestStall} reset {guest.SawReset}"));
}
