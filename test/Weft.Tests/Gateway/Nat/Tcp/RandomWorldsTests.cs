using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>Worlds drawn by lot: link, buffers, options, ring sizes, sizes and kills. Whatever they are, every byte arrives once.</summary>
public sealed class RandomWorldsTests
{
    [Theory]
    [InlineData(1000)]
    [InlineData(2000)]
    [InlineData(3000)]
    public void Every_byte_arrives_once(int first)
    {
        for (int seed = first; seed < first + 12; seed++)
        {
            Play(seed);
        }
    }

    private static void Play(int seed)
    {
        var random = new Random(seed);
        using TcpBench bench = World(random, seed);
        long size = random.Next(1, 400_000);
        int question = random.Next(2) == 0 ? 1 : (int)size;
        var peers = new List<AnsweringPeer>();
        bench.World.Serve(TcpBench.Server, () =>
        {
            peers.Add(new AnsweringPeer(question, size));
            return peers[^1];
        });
        GuestOptions options = Options(random);
        GuestTcp[] guests = [.. Enumerable.Range(0, random.Next(1, 10)).Select(_ => bench.Guest.Dial(TcpBench.Server, options))];
        foreach (GuestTcp guest in guests)
        {
            Script(guest, size, closesFirst: random.Next(2) == 0);
        }
        Assert.True(bench.RunUntil(() => guests.All(guest => guest.IsFinished || guest.State == GuestTcpState.Closed), 300_000_000), $"seed {seed}");
        bench.Run(2_000_000);
        Assert.All(guests, guest => Assert.Equal((seed, size, -1L, true), (seed, guest.Received, guest.FirstWrong, guest.SawFin)));
        Assert.All(peers.Where(peer => peer.BytesRead > 0), peer => Assert.Equal((seed, size, -1L), (seed, peer.BytesRead, peer.FirstWrong)));
        Assert.Equal(guests.Length, peers.Count(peer => peer.BytesRead > 0));
        Assert.Empty(bench.Violations);
        Assert.Equal(0, bench.Takeovers.Lost);
    }

    private static void Script(GuestTcp guest, long size, bool closesFirst)
    {
        guest.Expected = size;
        guest.Write(size);
        if (closesFirst)
        {
            guest.Finish();
        }
        else
        {
            guest.OnFin = ended => ended.Finish();
        }
    }

    private static TcpBench World(Random random, int seed)
    {
        var bench = new TcpBench(seed)
        {
            Gap = random.Next(0, 20_000),
            Replays = random.Next(1, 3),
            GuestRing = random.Next(2) == 0 ? 4096 : random.Next(2, 100),
            OutboxSize = random.Next(2) == 0 ? 64 : random.Next(1, 10),
        };
        double loss = random.Next(3) == 0 ? 0 : random.NextDouble() * 0.05;
        double reorder = random.Next(2) == 0 ? 0 : random.NextDouble() * 0.1;
        double duplicate = random.Next(2) == 0 ? 0 : random.NextDouble() * 0.1;
        bench.ToGuest.Impair(loss, reorder, duplicate);
        bench.ToHost.Impair(loss, reorder, duplicate);
        bench.World.SendBuffer = 1 << random.Next(13, 19);
        bench.World.ReceiveBuffer = 1 << random.Next(13, 19);
        int deaths = random.Next(0, 40);
        int most = random.Next(20, 400);
        bench.Arm = host =>
        {
            if (deaths-- > 0)
            {
                Action<int> kill = random.Next(2) == 0 ? host.Seam.KillAfter : host.Seam.KillBefore;
                kill(random.Next(1, most));
            }
        };
        bench.Kill();
        return bench;
    }

    private static GuestOptions Options(Random random) => new()
    {
        Mss = (ushort)random.Next(500, 1460),
        Sack = random.Next(3) != 0,
        Timestamps = random.Next(3) != 0,
        Scale = random.Next(-1, 10),
        ReceiveBuffer = 1 << random.Next(12, 20),
        LargestFrame = random.Next(3) == 0 ? 30_000 : 0,
        AckAfter = random.Next(2) == 0 ? 2_900 : 1,
    };
}
