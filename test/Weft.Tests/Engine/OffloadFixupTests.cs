using Weft.Engine;
using Weft.Tests.Wire;
using Weft.Wire;

namespace Weft.Tests.Engine;

public sealed unsafe class OffloadFixupTests : IDisposable
{
    private readonly OffloadFixup _fixup = new();
    private readonly FakeEndpoint _source = new();
    private readonly FakeEndpoint _target = new() { Caps = new EndpointCaps(1514, EndpointOffloads.None) };
    private readonly CounterMemory _counters = new();
    private readonly Burst _burst = new();

    [Theory]
    [InlineData(false, 0, 65_000, 1448)]
    [InlineData(false, 0, 65_000, 536)]
    [InlineData(false, 42, 30_001, 1440)]
    [InlineData(true, 0, 60_000, 1428)]
    [InlineData(true, 42, 7, 1428)]
    [InlineData(false, 0, 0, 1448)]
    [InlineData(false, 0, 1448, 1448)]
    [InlineData(false, 0, 5_000, 9)]
    public void Segments_make_up_the_original(bool v6, ushort vlan, int payload, int size)
    {
        _target.Caps = new EndpointCaps(1518, EndpointOffloads.None);
        const TcpFlags flags = TcpFlags.Ack | TcpFlags.Psh | TcpFlags.Fin | TcpFlags.Cwr;
        byte[] frame = TcpFrame.Make(payload, v6, vlan, flags);
        Pass((frame, TcpFrame.Gso(frame, size, v6 ? Offload.GsoTcpV6 : Offload.GsoTcpV4)));

        int count = Math.Max(1, (payload + size - 1) / size);
        Assert.Equal(count, _target.Delivered.Count);
        ParsedFrame whole = TcpFrame.Parse(frame);
        var joined = new List<byte>();
        for (int i = 0; i < count; i++)
        {
            (byte[] segment, Offload offload) = _target.Delivered[i];
            Assert.True(offload.IsPlain);
            TcpFrame.AssertChecksums(segment);
            ParsedFrame parsed = TcpFrame.Parse(segment);
            Assert.Equal(segment.Length, parsed.L3Offset + parsed.L3Length);
            Assert.Equal((whole.SourceKey, whole.DestinationKey, whole.Source, whole.Destination), (parsed.SourceKey, parsed.DestinationKey, parsed.Source, parsed.Destination));
            Assert.True(TcpView.TryParse(segment.AsSpan(parsed.L4Offset), out TcpView tcp));
            Assert.Equal(TcpFrame.Sequence + (uint)joined.Count, tcp.Sequence);
            Assert.Equal((77u, (ushort)500), (tcp.Acknowledgment, tcp.Window));
            Assert.Equal(i == count - 1, (tcp.Flags & (TcpFlags.Fin | TcpFlags.Psh)) == (TcpFlags.Fin | TcpFlags.Psh));
            Assert.Equal(i == 0, tcp.Flags.HasFlag(TcpFlags.Cwr));
            if (!v6)
            {
                Assert.True(Ipv4View.TryParse(segment.AsSpan(parsed.L3Offset), out Ipv4View ip));
                Assert.Equal((ushort)(0xfffe + i), ip.Identification);
            }
            joined.AddRange(TcpFrame.Payload(segment));
        }
        Assert.Equal(TcpFrame.Payload(frame), joined);
    }

    [Fact]
    public void A_receiver_that_completes_checksums_gets_segments_with_open_ones()
    {
        _target.Caps = new EndpointCaps(1514, EndpointOffloads.Checksum);
        byte[] frame = TcpFrame.Make(4_000);
        Pass((frame, TcpFrame.Gso(frame, 1448, Offload.GsoTcpV4)));
        (byte[] Bytes, Offload Offload)[] cut = [.. _target.Delivered];
        Assert.Equal(3, cut.Length);
        Assert.All(cut, segment => Assert.Equal(Offload.NeedsChecksum, segment.Offload.Flags));

        _target.Delivered.Clear();
        _target.Caps = new EndpointCaps(1514, EndpointOffloads.None);
        Pass(cut);
        Assert.All(_target.Delivered, segment => TcpFrame.AssertChecksums(segment.Bytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(150)]
    [InlineData(1447)]
    public void An_open_checksum_is_completed(int payload)
    {
        byte[] frame = TcpFrame.Make(payload, vlan: 0);
        Pass((frame, TcpFrame.OpenChecksum(frame)));
        Assert.True(_target.Delivered.Single().Offload.IsPlain);
        TcpFrame.AssertChecksums(_target.Delivered[0].Bytes);
        Assert.Equal(TcpFrame.Payload(frame), TcpFrame.Payload(_target.Delivered[0].Bytes));
    }

    [Fact]
    public void A_burst_that_is_taken_as_it_is_goes_on_in_one_call()
    {
        _target.Caps = new EndpointCaps(65_550, EndpointOffloads.All);
        byte[] frame = TcpFrame.Make(10_000);
        Offload gso = TcpFrame.Gso(frame, 1448, Offload.GsoTcpV4);
        Pass((frame, gso), (frame, default), (TcpFrame.Make(5), default));
        Assert.Equal([3], _target.Calls);
        Assert.Equal(gso, _target.Delivered[0].Offload);
        Assert.Equal(frame, _target.Delivered[0].Bytes);
    }

    [Fact]
    public void Order_is_kept_and_the_borrowed_burst_is_untouched()
    {
        byte[] big = TcpFrame.Make(100_000 / 2);
        byte[] open = TcpFrame.Make(100);
        byte[] plain = TcpFrame.Make(1, flags: TcpFlags.Rst);
        (byte[] Bytes, Offload Offload)[] frames = [(plain, default), (open, TcpFrame.OpenChecksum(open)), (big, TcpFrame.Gso(big, 1448, Offload.GsoTcpV4)), (plain, default)];
        Pass(frames);
        Assert.Equal(plain, _target.Delivered[0].Bytes);
        Assert.Equal(100, TcpFrame.Payload(_target.Delivered[1].Bytes).Length);
        Assert.Equal(3 + 35, _target.Delivered.Count);
        Assert.Equal(plain, _target.Delivered[^1].Bytes);

        _target.Delivered.Clear();
        _target.Caps = new EndpointCaps(65_550, EndpointOffloads.All);
        _fixup.Deliver(_target, _burst.Frames, _counters.At);
        Assert.Equal(frames.Select(frame => frame.Bytes), _target.Delivered.Select(frame => frame.Bytes));
        Assert.Equal(frames.Select(frame => frame.Offload), _target.Delivered.Select(frame => frame.Offload));
    }

    [Fact]
    public void Lies_are_dropped_as_bad_offload()
    {
        byte[] frame = TcpFrame.Make(4_000);
        Offload good = TcpFrame.Gso(frame, 1448, Offload.GsoTcpV4);
        byte[] udp = Convert.FromHexString(GoldenFrames.Udp);
        byte[] fragment = [.. frame];
        fragment[20] = 0x20;
        byte[] longHeader = [.. frame];
        longHeader[14] = 0x4f;
        (byte[], Offload)[] lies =
        [
            (frame, good with { GsoSize = 0 }), (frame, good with { GsoSize = 7 }), (frame, good with { GsoType = Offload.GsoTcpV6 }),
            (frame, good with { GsoType = Offload.GsoUdp }), (frame, good with { GsoType = Offload.GsoUdpL4 }), (frame, good with { GsoType = 99 }),
            (frame, good with { GsoType = Offload.GsoEcn }), (frame, good with { HeaderLength = 65_000 }), (frame, good with { ChecksumStart = 30 }),
            (frame, good with { ChecksumOffset = 6 }), (udp, good), (fragment, good), (longHeader[..300], good), (frame[..300], good), (frame[..20], good),
            (TcpFrame.Make(4_000, flags: TcpFlags.Syn), good),
            (frame[..1000], new Offload { Flags = 1, ChecksumStart = 0, ChecksumOffset = 6 }), (frame[..1000], new Offload { Flags = 1, ChecksumStart = 33 }),
            (frame[..1000], new Offload { Flags = 1, ChecksumStart = 65_535, ChecksumOffset = 65_535 }), (frame[..60], new Offload { Flags = 1, ChecksumStart = 59 }),
        ];
        Pass(lies);
        Assert.Empty(_target.Delivered);
        Assert.Equal((ulong)lies.Length, _counters[DropReason.BadOffload]);
    }

    [Fact]
    public void Frames_too_long_to_be_cut_are_oversized()
    {
        byte[] frame = TcpFrame.Make(4_000);
        Pass((frame, default), (frame, TcpFrame.OpenChecksum(frame)), (frame, TcpFrame.Gso(frame, 1500, Offload.GsoTcpV4)));
        Assert.Equal(3UL, _counters[DropReason.Oversized]);
        _target.Caps = new EndpointCaps(1514, EndpointOffloads.All);
        Pass((frame, default), (frame, TcpFrame.Gso(frame, 3000, Offload.GsoTcpV4)), (TcpFrame.Make(9), default));
        Assert.Equal(5UL, _counters[DropReason.Oversized]);
        Assert.Single(_target.Delivered);
    }

    [Fact]
    public void The_urgent_pointer_moves_with_the_segments()
    {
        byte[] frame = TcpFrame.Make(3_000, flags: TcpFlags.Ack | TcpFlags.Urg);
        ParsedFrame whole = TcpFrame.Parse(frame);
        frame[whole.L4Offset + TcpView.UrgentOffset] = 1500 >> 8;
        frame[whole.L4Offset + TcpView.UrgentOffset + 1] = 1500 & 255;
        Pass((frame, TcpFrame.Gso(frame, 1000, Offload.GsoTcpV4)));
        var seen = new List<(bool, ushort)>();
        foreach ((byte[] segment, Offload _) in _target.Delivered)
        {
            TcpFrame.AssertChecksums(segment);
            Assert.True(TcpView.TryParse(segment.AsSpan(whole.L4Offset), out TcpView tcp));
            seen.Add((tcp.Flags.HasFlag(TcpFlags.Urg), tcp.UrgentPointer));
        }
        Assert.Equal([(true, (ushort)1500), (true, (ushort)500), (false, (ushort)0)], seen);
    }

    [Fact]
    public void Mutated_offloads_and_frames_never_throw()
    {
        var random = new Random(21);
        _target.Keeps = false;
        byte[] seed = TcpFrame.Make(3_000);
        Offload good = TcpFrame.Gso(seed, 1448, Offload.GsoTcpV4);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] frame = seed[..random.Next(14, seed.Length)];
            for (int i = random.Next(4); i > 0; i--)
            {
                frame[random.Next(Math.Min(frame.Length, 80))] = (byte)random.Next(256);
            }
            Offload offload = good;
            random.NextBytes(new Span<byte>((byte*)&offload + random.Next(10), 1));
            Pass((frame, offload));
        }
        Assert.NotEqual(0UL, _counters[DropReason.BadOffload]);
        Assert.NotEqual(0, _target.DeliveredCount);
    }

    [Fact]
    public void Mending_allocates_nothing()
    {
        _target.Keeps = false;
        byte[] big = TcpFrame.Make(60_000);
        byte[] open = TcpFrame.Make(1_000);
        Pass((big, TcpFrame.Gso(big, 1448, Offload.GsoTcpV4)), (open, TcpFrame.OpenChecksum(open)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            _fixup.Deliver(_target, _burst.Frames, _counters.At);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    public void Dispose()
    {
        _source.Release(_burst);
        _fixup.Dispose();
        _counters.Dispose();
        _burst.Dispose();
    }

    private void Pass(params (byte[] Bytes, Offload Offload)[] frames)
    {
        _source.Release(_burst);
        _burst.Clear();
        foreach ((byte[] bytes, Offload offload) in frames)
        {
            _source.Queue(bytes, offload);
        }
        _source.Poll(_burst);
        _fixup.Deliver(_target, _burst.Frames, _counters.At);
    }
}
