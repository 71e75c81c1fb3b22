using Weft.Engine;
using Weft.Engine.Cables;
using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Tests.Engine;

public sealed unsafe class ImpairedCableTests : IDisposable
{
    private const int Million = 1_000_000;

    private readonly FakeTimeProvider _time = new();
    private readonly FakeEndpoint _endpoint = new() { Caps = new EndpointCaps(1514, EndpointOffloads.All) };
    private readonly CounterMemory _counters = new();
    private readonly Sponge _switch = new();
    private readonly Lane _lane;
    private readonly Port _port;
    private ImpairedCable? _cable;

    public ImpairedCableTests()
    {
        _lane = new Lane(new FakeReadiness(), _time);
        _port = new Port(_lane, _switch, 0, _counters.At);
    }

    [Fact]
    public void Without_impairment_everything_passes_in_order()
    {
        Plug(default);
        byte[][] frames = [.. Enumerable.Range(0, 300).Select(Numbered)];
        FromGuest(frames);
        ToGuest(frames);
        Assert.Equal(frames, _switch.Frames);
        Assert.Equal(frames, _endpoint.Delivered.Select(frame => frame.Bytes));
        Assert.Equal(0UL, _counters.TotalDrops);
    }

    [Fact]
    public void Loss_and_duplication_meet_their_chances_both_ways_and_are_counted()
    {
        Plug(new ImpairmentRecord { Loss = 100_000, Seed = 1 });
        byte[][] frames = [.. Enumerable.Range(0, 5_000).Select(Numbered)];
        FromGuest(frames);
        Assert.InRange(_switch.Frames.Count, 4_400, 4_600);
        ulong lostIn = _counters[DropReason.Impaired];
        Assert.Equal(5_000UL, lostIn + (ulong)_switch.Frames.Count);
        ToGuest(frames);
        Assert.InRange(_endpoint.Delivered.Count, 4_400, 4_600);
        Assert.Equal(5_000UL, _counters[DropReason.Impaired] - lostIn + (ulong)_endpoint.Delivered.Count);

        Plug(new ImpairmentRecord { Duplicate = 100_000, Seed = 1 });
        _switch.Frames.Clear();
        FromGuest(frames);
        Assert.InRange(_switch.Frames.Count, 5_400, 5_600);
        Assert.Equal(frames, _switch.Frames.Distinct(ByteComparer.Same));
    }

    [Fact]
    public void The_same_seed_gives_the_same_fate()
    {
        var how = new ImpairmentRecord { Loss = 50_000, Duplicate = 50_000, Corrupt = 50_000, Reorder = 50_000, Seed = 7 };
        byte[][] frames = [.. Enumerable.Range(0, 500).Select(Numbered)];
        Plug(how);
        FromGuest(frames);
        byte[][] first = [.. _switch.Frames];
        Plug(how);
        _switch.Frames.Clear();
        FromGuest(frames);
        Assert.Equal(first, _switch.Frames);
        Plug(how with { Seed = 8 });
        _switch.Frames.Clear();
        FromGuest(frames);
        Assert.NotEqual(first, _switch.Frames);
    }

    [Fact]
    public void A_corrupted_frame_differs_in_one_bit_behind_the_ethernet_header()
    {
        Plug(new ImpairmentRecord { Corrupt = Million, Seed = 3 });
        byte[] frame = Numbered(5);
        FromGuest([.. Enumerable.Repeat(frame, 500)]);
        Assert.Equal(500, _switch.Frames.Count);
        Assert.All(_switch.Frames, got =>
        {
            Assert.Equal(frame[..14], got[..14]);
            Assert.Equal(1, frame.Zip(got, (a, b) => int.PopCount(a ^ b)).Sum());
        });
    }

    [Fact]
    public void A_corrupted_bit_is_not_blessed()
    {
        Plug(new ImpairmentRecord { Corrupt = Million, Seed = 4 });
        byte[] big = TcpFrame.Make(50_000);
        _endpoint.Queue(big, TcpFrame.Gso(big, 1448, Offload.GsoTcpV4));
        _port.Ready();
        Run();
        Assert.Equal(35, _switch.Frames.Count);
        Assert.All(_switch.Offloads, offload => Assert.True(offload.IsPlain));
        Assert.All(_switch.Frames, frame => Assert.True(frame.Length <= 1514));
        Assert.All(_switch.Frames, frame => Assert.ThrowsAny<Exception>(() => TcpFrame.AssertChecksums(frame)));

        _endpoint.Delivered.Clear();
        using var burst = new Burst();
        using var source = new FakeEndpoint();
        source.Queue(big, TcpFrame.Gso(big, 1448, Offload.GsoTcpV4));
        source.Poll(burst);
        _port.Deliver(burst.Frames);
        source.Release(burst);
        Assert.Equal(35, _endpoint.Delivered.Count);
        Assert.All(_endpoint.Delivered, frame => Assert.ThrowsAny<Exception>(() => TcpFrame.AssertChecksums(frame.Bytes)));
    }

    [Fact]
    public void Delay_is_kept_by_the_lanes_deadline_and_jitter_keeps_order()
    {
        Plug(new ImpairmentRecord { DelayMicroseconds = 20_000, JitterMicroseconds = 10_000, Seed = 5 });
        byte[][] frames = [.. Enumerable.Range(0, 200).Select(Numbered)];
        FromGuest(frames);
        ToGuest(frames);
        Assert.Empty(_switch.Frames);
        Assert.Empty(_endpoint.Delivered);
        Assert.InRange(_lane.NextDeadline() - _lane.Now, 20_000, 30_000);
        _time.Advance(TimeSpan.FromMicroseconds(19_999));
        Run();
        Assert.Empty(_switch.Frames);
        _time.Advance(TimeSpan.FromMicroseconds(10_001));
        Run();
        Assert.Equal(frames, _switch.Frames);
        Assert.Equal(frames, _endpoint.Delivered.Select(frame => frame.Bytes));
        Assert.Equal(long.MaxValue, _lane.NextDeadline());
    }

    [Fact]
    public void A_reordered_frame_is_overtaken_and_none_is_lost()
    {
        Plug(new ImpairmentRecord { Reorder = 100_000, Seed = 6 });
        byte[][] frames = [.. Enumerable.Range(0, 1_000).Select(Numbered)];
        FromGuest(frames);
        _time.Advance(TimeSpan.FromMilliseconds(2));
        Run();
        Assert.NotEqual(frames, _switch.Frames);
        Assert.Equal(frames.Order(ByteComparer.Same), _switch.Frames.Order(ByteComparer.Same));
    }

    [Fact]
    public void A_full_store_drops_and_counts()
    {
        Plug(new ImpairmentRecord { DelayMicroseconds = 1_000_000 });
        ToGuest([.. Enumerable.Range(0, 5_000).Select(Numbered)]);
        Assert.Equal(5_000UL - 4_096, _counters[DropReason.NoMemory]);
        _time.Advance(TimeSpan.FromSeconds(1));
        Run();
        Assert.Equal(4_096, _endpoint.Delivered.Count);
    }

    [Fact]
    public void Passing_allocates_nothing()
    {
        Plug(new ImpairmentRecord { Loss = 10_000, Duplicate = 10_000, Corrupt = 10_000, Reorder = 10_000, Seed = 9 });
        _endpoint.Keeps = false;
        using var burst = new Burst();
        using var source = new FakeEndpoint();
        for (int i = 0; i < Burst.Capacity; i++)
        {
            source.Queue(Numbered(i));
        }
        source.Poll(burst);
        _port.Deliver(burst.Frames);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 500; i++)
        {
            _port.Deliver(burst.Frames);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            _lane.Turn(mayWait: false);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 0);
        source.Release(burst);
    }

    public void Dispose()
    {
        _port.Dispose();
        _lane.Dispose();
        _counters.Dispose();
    }

    private static byte[] Numbered(int number)
    {
        byte[] frame = TcpFrame.Make(100 + number % 50);
        BitConverter.TryWriteBytes(frame.AsSpan(frame.Length - 4), System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(number));
        return frame;
    }

    private void Plug(in ImpairmentRecord how)
    {
        _cable?.Unwrap();
        _cable = new ImpairedCable(_endpoint, _port, in how);
        _port.Attach(_cable);
        _port.SetPlugged(true);
        _port.CarrierChanged(true);
    }

    private void FromGuest(byte[][] frames)
    {
        foreach (byte[] frame in frames)
        {
            _endpoint.Queue(frame);
        }
        _port.Ready();
        Run();
    }

    private void ToGuest(byte[][] frames)
    {
        using var burst = new Burst();
        using var source = new FakeEndpoint();
        foreach (byte[][] some in frames.Chunk(Burst.Capacity))
        {
            burst.Clear();
            foreach (byte[] frame in some)
            {
                source.Queue(frame);
            }
            source.Poll(burst);
            _port.Deliver(burst.Frames);
            source.Release(burst);
        }
    }

    private void Run()
    {
        do
        {
            _lane.Turn(mayWait: false);
        }
        while (_port.IsReady);
    }

    /// <summary>In the place of a switch: keeps copies of what came in.</summary>
    private sealed class Sponge : IForwarder
    {
        public List<byte[]> Frames { get; } = [];

        public List<Offload> Offloads { get; } = [];

        public void Forward(Port from, Burst burst)
        {
            foreach (ref FrameRef frame in burst.Frames)
            {
                byte[] copy = new byte[frame.Length];
                fixed (byte* at = copy)
                {
                    frame.CopyTo(at);
                }
                Frames.Add(copy);
                Offloads.Add(frame.Offload);
            }
        }

        public void PortChanged(Port port)
        {
        }

        public void RoomAgain(Port port)
        {
        }
    }

    private sealed class ByteComparer : IEqualityComparer<byte[]>, IComparer<byte[]>
    {
        public static readonly ByteComparer Same = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] bytes) => bytes.Length;

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
