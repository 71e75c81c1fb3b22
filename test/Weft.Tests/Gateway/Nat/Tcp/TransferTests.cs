using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>Megabytes each way over good and bad links: exact bytes, no stall, no collapse.</summary>
public sealed class TransferTests
{
    private const long Size = 4 << 20;
    private const long MostStall = 1_500_000;

    /// <summary>Loss, reordering, duplication, in thousandths.</summary>
    public static TheoryData<int, int, int, int> Links => new()
    {
        { 0, 0, 0, 1 },
        { 10, 0, 0, 2 },
        { 50, 0, 0, 3 },
        { 0, 50, 0, 4 },
        { 0, 0, 50, 5 },
        { 10, 50, 50, 6 },
        { 50, 100, 100, 7 },
    };

    [Theory]
    [MemberData(nameof(Links))]
    public void Upload(int loss, int reorder, int duplicate, int seed) => Send(loss, reorder, duplicate, seed, GuestOptions.Usual);

    [Theory]
    [MemberData(nameof(Links))]
    public void Download(int loss, int reorder, int duplicate, int seed) => Receive(loss, reorder, duplicate, seed, GuestOptions.Usual);

    [Theory]
    [MemberData(nameof(Links))]
    public void Upload_of_a_plain_guest(int loss, int reorder, int duplicate, int seed) => Send(loss, reorder, duplicate, seed, GuestOptions.Plain);

    [Theory]
    [MemberData(nameof(Links))]
    public void Download_of_a_plain_guest(int loss, int reorder, int duplicate, int seed) => Receive(loss, reorder, duplicate, seed, GuestOptions.Plain);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(10, 2)]
    public void Upload_in_large_frames(int loss, int seed) =>
        Send(loss, 0, 0, seed, GuestOptions.Usual with { LargestFrame = 60_000, AckAfter = 64_000 });

    [Fact]
    public void Download_by_a_guest_that_acknowledges_a_megabyte_at_once() =>
        Receive(0, 0, 0, 1, GuestOptions.Usual with { ReceiveBuffer = 4 << 20, AckAfter = 1 << 20 });

    /// <summary>Acknowledged bytes leave the socket a megabyte at a time. Nothing else reminds of the rest: no frame, no timer, and
    /// nothing new from a host whose buffer is still full.</summary>
    [Fact]
    public void Download_by_a_guest_that_acknowledges_more_than_is_discarded_at_once()
    {
        const int All = 5 << 19;
        using var bench = new TcpBench();
        bench.World.RoundBytes = bench.World.ReceiveBuffer = All;
        bench.World.Serve(TcpBench.Server, () => new SourcePeer(All));
        GuestTcp guest = bench.Guest.Dial(TcpBench.Server, GuestOptions.Usual with { ReceiveBuffer = 8 << 20, AckAfter = 8 << 20 });
        guest.Expected = All;
        Assert.True(bench.RunUntil(() => guest.SawFin));
        bench.Run(200_000);
        Assert.Equal((All, 0), (guest.Received, Assert.Single(bench.World.Connections).Read().InQueue));
    }

    [Fact]
    public void Download_into_a_tiny_window() =>
        Receive(0, 0, 0, 1, GuestOptions.Usual with { ReceiveBuffer = 1000, Scale = 0, AckAfter = 1 }, size: 100_000);

    [Fact]
    public void Download_into_a_tiny_window_with_loss() =>
        Receive(10, 0, 0, 4, GuestOptions.Usual with { ReceiveBuffer = 4000, Scale = 0, AckAfter = 1 }, size: 100_000, leastRate: 5_000);

    [Fact]
    public void Download_through_a_small_port()
    {
        using var bench = new TcpBench { GuestRing = 3, OutboxSize = 2 };
        Receive(bench, GuestOptions.Usual, Size, 1_000_000);
    }

    [Fact]
    public void Upload_by_short_writes()
    {
        using var bench = new TcpBench();
        bench.Host.Sockets.MostPerSend = 7001;
        Send(bench, GuestOptions.Usual with { LargestFrame = 30_000 }, new SinkPeer(), 1 << 20, 100_000);
    }

    [Theory]
    [InlineData(16 * 1024)]
    [InlineData(64 * 1024)]
    public void Upload_through_a_small_socket_buffer_sends_no_storm_of_acknowledgements(int sendBuffer)
    {
        using var bench = new TcpBench();
        bench.World.SendBuffer = sendBuffer;
        GuestTcp guest = Send(bench, GuestOptions.Usual, new SinkPeer(), 1 << 20, 1_000_000);
        Assert.InRange(bench.BareOut, 1, 3000);
        Assert.True(guest.IsFinished);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(20, 2)]
    public void Both_ways_at_once(int loss, int seed)
    {
        using var bench = new TcpBench(seed);
        bench.ToGuest.Impair(loss / 1000.0);
        bench.ToHost.Impair(loss / 1000.0);
        var peer = new AnsweringPeer(question: 0, answer: Size);
        bench.World.Serve(TcpBench.Server, () => peer);
        GuestTcp guest = bench.Guest.Dial(TcpBench.Server);
        guest.Expected = Size;
        guest.Write(Size);
        guest.Finish();
        Assert.True(bench.RunUntil(() => guest.IsFinished && peer.SawFin, 60_000_000));
        Assert.Equal((Size, Size, -1L, -1L), (guest.Received, peer.BytesRead, guest.FirstWrong, peer.FirstWrong));
        AssertSound(bench, guest);
    }

    [Fact]
    public void Many_flows_at_once_over_a_bad_link()
    {
        using var bench = new TcpBench(seed: 11);
        bench.ToGuest.Impair(0.01, 0.02, 0.02);
        bench.ToHost.Impair(0.01, 0.02, 0.02);
        var peers = new List<AnsweringPeer>();
        bench.World.Serve(TcpBench.Server, () =>
        {
            peers.Add(new AnsweringPeer(100_000, 100_000));
            return peers[^1];
        });
        GuestTcp[] guests = [.. Enumerable.Range(0, 40).Select(i => bench.Guest.Dial(TcpBench.Server, i % 2 == 0 ? GuestOptions.Usual : GuestOptions.Plain))];
        foreach (GuestTcp guest in guests)
        {
            guest.Expected = 100_000;
            guest.Write(100_000);
            guest.Finish();
        }
        Assert.True(bench.RunUntil(() => guests.All(guest => guest.IsFinished || guest.SawReset), 60_000_000));
        Assert.All(guests, guest => Assert.Equal((100_000L, -1L), (guest.Received, guest.FirstWrong)));
        Assert.All(peers, peer => Assert.Equal((100_000L, -1L), (peer.BytesRead, peer.FirstWrong)));
        Assert.Empty(bench.Violations);
        bench.AssertNothingLeft();
    }

    private static void Send(int loss, int reorder, int duplicate, int seed, GuestOptions options)
    {
        using TcpBench bench = Bench(loss, reorder, duplicate, seed);
        Send(bench, options, new SinkPeer(), Size, LeastRate(loss, reorder));
    }

    private static GuestTcp Send(TcpBench bench, GuestOptions options, SinkPeer peer, long size, long leastRate)
    {
        bench.World.Serve(TcpBench.Server, () => peer);
        GuestTcp guest = bench.Guest.Dial(TcpBench.Server, options);
        guest.Write(size);
        guest.Finish();
        Assert.True(bench.RunUntil(() => guest.IsOpen));
        long start = bench.World.Time.Now;
        Assert.True(bench.RunUntil(() => peer.BytesRead == size, 120_000_000), $"{peer.BytesRead} of {size} after {guest.TimeOuts} time-outs");
        AssertRate(size, bench.World.Time.Now - start, leastRate);
        Assert.True(bench.RunUntil(() => guest.IsFinished || guest.SawReset));
        Assert.Equal((size, -1L), (peer.BytesRead, peer.FirstWrong));
        AssertSound(bench, guest);
        return guest;
    }

    private static void Receive(int loss, int reorder, int duplicate, int seed, GuestOptions options, long size = Size, long leastRate = 0)
    {
        using TcpBench bench = Bench(loss, reorder, duplicate, seed);
        Receive(bench, options, size, leastRate != 0 ? leastRate : Math.Min(LeastRate(loss, reorder), size));
    }

    private static void Receive(TcpBench bench, GuestOptions options, long size, long leastRate)
    {
        bench.World.Serve(TcpBench.Server, () => new SourcePeer(size));
        GuestTcp guest = bench.Guest.Dial(TcpBench.Server, options);
        guest.Expected = size;
        Assert.True(bench.RunUntil(() => guest.IsOpen));
        long start = bench.World.Time.Now;
        Assert.True(bench.RunUntil(() => guest.SawFin, 120_000_000), $"{guest.Received} of {size}");
        AssertRate(size, bench.World.Time.Now - start, leastRate);
        guest.Finish();
        Assert.True(bench.RunUntil(() => guest.IsFinished || guest.SawReset));
        Assert.Equal((size, -1L), (guest.Received, guest.FirstWrong));
        AssertSound(bench, guest);
    }

    private static TcpBench Bench(int loss, int reorder, int duplicate, int seed)
    {
        var bench = new TcpBench(seed);
        bench.ToGuest.Impair(loss / 1000.0, reorder / 1000.0, duplicate / 1000.0);
        bench.ToHost.Impair(loss / 1000.0, reorder / 1000.0, duplicate / 1000.0);
        return bench;
    }

    /// <summary>Bytes per virtual second that a link must carry at least; the round trip is some hundred microseconds.</summary>
    private static long LeastRate(int loss, int reorder) => (loss, reorder) switch
    {
        (0, 0) => 40 << 20,
        ( <= 10, _) => 3 << 20,
        _ => 300 << 10,
    };

    private static void AssertRate(long bytes, long microseconds, long least)
    {
        long rate = bytes * 1_000_000 / Math.Max(1, microseconds);
        Assert.True(rate >= least, $"{rate / 1024} KiB per virtual second, {least / 1024} expected");
    }

    private static void AssertSound(TcpBench bench, GuestTcp guest)
    {
        Assert.Empty(bench.Violations);
        Assert.True(guest.LongestStall <= MostStall, $"stood still for {guest.LongestStall} µs");
        bench.AssertNothingLeft();
    }
}
