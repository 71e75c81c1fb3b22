using Weft.Engine;
using Weft.Engine.Cables;
using Weft.Tests.Switching;
using Weft.Wire;

namespace Weft.Tests.Engine;

public sealed unsafe class CoalescerTests : IDisposable
{
    private static readonly EndpointCaps Whole = new(65_550, EndpointOffloads.All | EndpointOffloads.Coalesced);

    private readonly Coalescer _coalescer = new();
    private readonly FakeEndpoint _source = new();
    private readonly Burst _burst = new();

    [Theory]
    [InlineData(false, 0, 20_000, 1448)]
    [InlineData(false, 42, 20_001, 1444)]
    [InlineData(true, 0, 20_000, 1428)]
    [InlineData(true, 42, 2_857, 1428)]
    [InlineData(false, 0, 300, 9)]
    [InlineData(false, 0, 63, 8)]
    public void Pieces_make_up_the_segment_that_was_cut(bool v6, ushort vlan, int payload, int size)
    {
        byte[] whole = TcpFrame.Make(payload, v6, vlan, TcpFlags.Ack | TcpFlags.Psh);
        (byte[] joined, Offload offload) = Assert.Single(Join(TcpPieces.Cut(whole, size)));
        Assert.Equal(whole, joined);
        Assert.Equal(TcpFrame.Gso(whole, size, v6 ? Offload.GsoTcpV6 : Offload.GsoTcpV4), offload);
    }

    /// <summary>Several flows, damaged frames, foreign frames, pieces of all sizes in bursts of all lengths: whoever cuts what
    /// comes out has, flow by flow, what came in, byte by byte.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void What_is_cut_again_is_what_came(int seed)
    {
        var random = new Random(seed);
        int bursts = 0, frames = 0, left = 0;
        for (; bursts < 300; bursts++)
        {
            List<byte[]> sent = RandomBurst(random);
            List<(byte[] Bytes, Offload Offload)> joined = Join(sent);
            Assert.Equal(Flows(sent), Flows(TcpPieces.Mend(joined)));
            frames += sent.Count;
            left += joined.Count;
        }
        Assert.InRange(left, frames / 20, frames * 3 / 4);
    }

    [Fact]
    public void A_segment_never_grows_beyond_what_an_IP_length_can_say()
    {
        List<byte[]> pieces = [.. TcpPieces.Cut(TcpFrame.Make(45 * 1448), 1448), .. After(45 * 1448, 19 * 1448)];
        Assert.Equal(64, pieces.Count);
        List<(byte[] Bytes, Offload Offload)> joined = Join(pieces, inOneRun: true);
        Assert.Equal([45, 19], joined.Select(frame => TcpFrame.Payload(frame.Bytes).Length / 1448));
        Assert.All(joined, frame => Assert.InRange(frame.Bytes.Length, 0, 65_549));
        Assert.Equal(pieces.SelectMany(TcpFrame.Payload), joined.SelectMany(frame => TcpFrame.Payload(frame.Bytes)));
    }

    [Fact]
    public void A_joined_frame_has_no_more_runs_than_a_receiver_takes()
    {
        Lend(TcpPieces.Cut(TcpFrame.Make(64_000), 1448).Select(piece => (piece, default(Offload))));
        int most = 0;
        foreach (ref readonly FrameRef frame in _coalescer.Join(_burst.Frames, Whole))
        {
            most = Math.Max(most, frame.RestCount);
        }
        Assert.InRange(most, Coalescer.RunsPerFrame - 3, Coalescer.RunsPerFrame);
    }

    [Fact]
    public void Flows_beside_each_other_are_joined_each_in_the_place_of_its_first_piece()
    {
        List<byte[]> one = TcpPieces.Cut(TcpFrame.Make(5_000), 1448);
        List<byte[]> two = TcpPieces.Cut(TcpPieces.WithTcp(TcpFrame.Make(4_000), TcpView.SourcePortOffset, 3), 1000);
        byte[] arp = Convert.FromHexString(Weft.Tests.Wire.GoldenFrames.ArpRequest);
        byte[] udp = Convert.FromHexString(Weft.Tests.Wire.GoldenFrames.Udp);
        List<(byte[] Bytes, Offload Offload)> joined = Join([one[0], arp, two[0], one[1], two[1], udp, two[2], one[2], two[3], one[3]]);
        Assert.Equal([5_066, arp.Length, 4_066, udp.Length], joined.Select(frame => frame.Bytes.Length));
        Assert.Equal([1448, 0, 1000, 0], joined.Select(frame => (int)frame.Offload.GsoSize));
    }

    [Fact]
    public void A_header_that_vouches_spares_the_sum()
    {
        // The sums are left wrong on purpose: that they pass shows that nobody looked.
        List<byte[]> pieces = TcpPieces.Cut(TcpFrame.Make(4_000), 1448);
        pieces.ForEach(piece => piece[^1] ^= 1);
        Assert.Equal(3, Join(pieces).Count);
        Lend(pieces.Select(piece => (piece, new Offload { Flags = Offload.ChecksumValid })));
        Assert.Equal(1, _coalescer.Join(_burst.Frames, Whole).Length);

        byte[][] open = [TcpFrame.Make(1000), TcpFrame.Make(1000)];
        open[1] = TcpPieces.WithTcp(open[1], TcpView.SequenceOffset, 0);
        TcpFrame.Next(open[1], 1000);
        Lend(open.Select(piece => (piece, TcpFrame.OpenChecksum(piece))));
        Assert.Equal(1, _coalescer.Join(_burst.Frames, Whole).Length);
    }

    [Fact]
    public void The_borrowed_burst_is_untouched()
    {
        List<byte[]> pieces = TcpPieces.Cut(TcpFrame.Make(30_000, flags: TcpFlags.Ack | TcpFlags.Psh), 1448);
        Assert.Single(Join(pieces));
        Assert.Equal(pieces, Copies(_burst.Frames).Select(frame => frame.Bytes));
    }

    [Fact]
    public void A_port_joins_for_its_receiver_what_a_sender_cut()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(4);
        scene.Endpoints[0].IsCut = true;
        scene.Endpoints[1].Caps = Whole;
        scene.Endpoints[2].Caps = Whole;
        scene.Send(1, SwitchScene.Frame(MacAddress.Broadcast, new MacAddress(2)));
        scene.ClearDelivered();
        byte[] whole = TcpFrame.Make(10_000);
        List<byte[]> pieces = TcpPieces.Cut(whole, 1448);

        scene.Send(0, [.. pieces]);
        Assert.Equal([whole], scene.Endpoints[1].Delivered.Select(frame => frame.Bytes));

        pieces.ForEach(piece => piece[5] = 77);
        scene.Send(0, [.. pieces]);
        Assert.Equal([10_066], scene.Endpoints[2].Delivered.Select(frame => frame.Bytes.Length));
        Assert.Equal(pieces, scene.Endpoints[3].Delivered.Select(frame => frame.Bytes));

        scene.ClearDelivered();
        scene.Send(2, [.. pieces]);
        Assert.Equal(pieces, scene.Endpoints[1].Delivered.Select(frame => frame.Bytes));
    }

    [Fact]
    public void Joining_allocates_nothing()
    {
        List<byte[]> two = TcpPieces.Cut(TcpPieces.WithTcp(TcpFrame.Make(20_000), TcpView.SourcePortOffset, 3), 1000);
        Lend(TcpPieces.Cut(TcpFrame.Make(50_000), 1448).Zip(two, (a, b) => new[] { a, b }).SelectMany(pair => pair).Select(piece => (piece, default(Offload))));
        Assert.Equal(2, _coalescer.Join(_burst.Frames, Whole).Length);
        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < 1_000; i++)
            {
                _coalescer.Join(_burst.Frames, Whole);
            }
        }));
    }

    [TsharkFact]
    public void Tshark_finds_every_joined_frame_right()
    {
        var sink = new MemorySink();
        using var writer = new PcapngWriter(sink, new CaptureOptions("alpha:1", 0, TimeProvider.System));
        int written = 0;
        foreach ((bool v6, ushort vlan, int payload, int size) in ((bool, ushort, int, int)[])[(false, 0, 40_000, 1448), (true, 7, 20_000, 1428), (false, 9, 3_000, 999)])
        {
            List<(byte[] Bytes, Offload Offload)> joined = Join(TcpPieces.Cut(TcpFrame.Make(payload, v6, vlan), size), inOneRun: true);
            // The receiver's part: the open checksum.
            Lend(joined.Select(frame => (TcpPieces.Completed(frame.Bytes), default(Offload))));
            foreach (ref readonly FrameRef frame in _burst.Frames)
            {
                writer.Write(in frame, CaptureDirection.Outbound, DropReason.None);
                written++;
            }
        }
        Assert.Equal(3, written);
        string[] lines = sink.InFile(file => TsharkFactAttribute.Read(file,
            "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields", "-E", "separator=|",
            "-e", "tcp.len", "-e", "ip.checksum.status", "-e", "tcp.checksum.status", "-e", "_ws.malformed", "-e", "_ws.expert.severity"));
        Assert.Equal(["40000|1|1||", "20000||1||", "3000|1|1||"], lines.Select(line => line[..(line.LastIndexOf('|') + 1)]));
    }

    public void Dispose()
    {
        _source.Release(_burst);
        _coalescer.Dispose();
        _burst.Dispose();
    }

    /// <summary>Up to 64 frames of a few flows: each sends segments cut somehow, some damaged; among them what ends or disturbs a flow.</summary>
    private static List<byte[]> RandomBurst(Random random)
    {
        var queues = new List<Queue<byte[]>>();
        for (int flow = random.Next(1, 5); flow > 0; flow--)
        {
            byte[] seed = TcpPieces.WithTcp(TcpFrame.Make(random.Next(1, 15_000), v6: random.Next(3) == 0, flags: TcpFlags.Ack | (TcpFlags)(random.Next(2) * 8)), TcpView.SourcePortOffset, (byte)flow);
            queues.Add(new Queue<byte[]>(TcpPieces.Cut(seed, random.Next(8, 1449)).Select(piece => Disturbed(piece, random))));
        }
        var frames = new List<byte[]>();
        while (frames.Count < Burst.Capacity && queues.Count > 0)
        {
            Queue<byte[]> next = queues[random.Next(queues.Count)];
            for (int run = random.Next(1, 9); run > 0 && next.Count > 0 && frames.Count < Burst.Capacity; run--)
            {
                frames.Add(next.Dequeue());
            }
            queues.RemoveAll(queue => queue.Count == 0);
        }
        return frames;
    }

    private static byte[] Disturbed(byte[] piece, Random random)
    {
        ParsedFrame parsed = TcpFrame.Parse(piece);
        switch (random.Next(60))
        {
            case 0:
                byte[] other = Damaged(parsed.L4Offset + TcpView.SequenceOffset, parsed.PayloadOffset);
                return CanParse(other) ? TcpPieces.Completed(other) : piece;
            case 1:
                return Damaged(parsed.L4Offset + TcpView.ChecksumOffset, piece.Length);
            case 2:
                return TcpPieces.WithIp(piece, parsed.Type == EtherType.Ipv4 ? Ipv4View.TimeToLiveOffset : Ipv6View.HopLimitOffset, 1);
            case 3:
                return TcpPieces.WithTcp(piece, TcpView.FlagsOffset, (byte)random.Next(256));
            default:
                return piece;
        }

        byte[] Damaged(int from, int to)
        {
            byte[] copy = [.. piece];
            copy[random.Next(from, to)] ^= (byte)(1 << random.Next(8));
            return copy;
        }
    }

    private static bool CanParse(byte[] frame)
    {
        fixed (byte* at = frame)
        {
            return ParsedFrame.TryParse(at, frame.Length, frame.Length, out _) == ParseResult.Ok;
        }
    }

    /// <summary>Frames by flow, in order, in one string each.</summary>
    private static IEnumerable<string> Flows(List<byte[]> frames) => frames
        .GroupBy(frame => TcpFrame.Parse(frame) is var parsed ? (parsed.SourcePort, parsed.Type) : default)
        .OrderBy(flow => flow.Key)
        .Select(flow => string.Join('\n', flow.Select(Convert.ToHexString)));

    /// <summary>Pieces that follow a segment of <paramref name="done"/> bytes.</summary>
    private static List<byte[]> After(int done, int payload)
    {
        byte[] whole = TcpFrame.Make(payload);
        TcpFrame.Next(whole, done);
        return TcpPieces.Cut(whole, 1448);
    }

    private List<(byte[] Bytes, Offload Offload)> Join(IEnumerable<byte[]> frames, bool inOneRun = false)
    {
        Lend(frames.Select(frame => (frame, default(Offload))), inOneRun);
        return Copies(_coalescer.Join(_burst.Frames, Whole));
    }

    private void Lend(IEnumerable<(byte[] Bytes, Offload Offload)> frames, bool inOneRun = false)
    {
        _source.Release(_burst);
        _source.LendsInPlace = inOneRun;
        _burst.Clear();
        foreach ((byte[] bytes, Offload offload) in frames)
        {
            _source.Queue(bytes, offload);
        }
        Assert.False(_source.Poll(_burst));
    }

    private static List<(byte[] Bytes, Offload Offload)> Copies(ReadOnlySpan<FrameRef> frames)
    {
        var target = new FakeEndpoint();
        target.Deliver(frames);
        return target.Delivered;
    }
}
