using Weft.Engine;
using Weft.Engine.Cables;
using Weft.Tests.Wire;
using Weft.Wire;

namespace Weft.Tests.Engine;

public sealed class CapturingCableTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeEndpoint _endpoint = new();
    private readonly CounterMemory _counters = new();
    private readonly Burst _burst = new();
    private readonly MemorySink _sink = new();

    [TsharkFact]
    public void Tshark_reads_both_directions_and_the_drop()
    {
        using (CapturingCable cable = Cable(snapLength: 0))
        {
            Lend(cable, Convert.FromHexString(GoldenFrames.TcpSyn), TcpFrame.Make(60_000));
            cable.Deliver(_burst.Frames);
            _time.Advance(TimeSpan.FromMicroseconds(1_234_567));
            _endpoint.DropNext = (DropReason.PortFull, _counters);
            cable.Deliver(_burst.Frames[..1]);
            cable.Release(_burst);
        }
        string[] lines = _sink.InFile(file => TsharkFactAttribute.Read(file,
            "-T", "fields", "-E", "separator=|", "-e", "frame.interface_name", "-e", "frame.packet_flags_direction", "-e", "frame.len",
            "-e", "tcp.dstport", "-e", "frame.comment", "-e", "frame.time_epoch", "-e", "_ws.malformed"));
        Assert.Equal(5, lines.Length);
        string[][] fields = [.. lines.Select(line => line.Split('|'))];
        Assert.All(fields, field => Assert.Equal(("alpha:1", "80", ""), (field[0], field[3], field[6])));
        Assert.Equal(["74", "60066", "74", "74", "60066"], fields.Select(field => field[2]));
        Assert.Equal([2, 2, 2, 1, 1], fields.Select(field => Convert.ToInt32(field[1], 16)));
        Assert.Equal(["", "", "dropped: port-full", "", ""], fields.Select(field => field[4]));
        Assert.EndsWith(".234567000", fields[2][5]);
        Assert.All(fields[3..], field => Assert.EndsWith(".000000000", field[5]));
    }

    [TsharkFact]
    public void The_snap_length_cuts_and_a_gap_is_told()
    {
        using (CapturingCable cable = Cable(snapLength: 100))
        {
            _sink.Refuse = 1;
            Lend(cable, TcpFrame.Make(500), TcpFrame.Make(600), TcpFrame.Make(700));
            cable.Release(_burst);
            Assert.Equal(1UL, cable.Missed);
        }
        string[] lines = _sink.InFile(file => TsharkFactAttribute.Read(file, "-T", "fields", "-e", "frame.len", "-e", "frame.cap_len", "-e", "frame.drop_count"));
        Assert.Equal(["666\t100\t1", "766\t100\t"], lines.Select(line => line + (line.Count(c => c == '\t') == 2 ? "" : "\t")));
    }

    [TsharkFact]
    public void What_the_port_says_of_a_frame_from_the_guest_stands_with_it_and_what_was_held_back_is_left_out()
    {
        using (CapturingCable cable = Cable(snapLength: 0))
        {
            Lend(cable, TcpFrame.Make(100), TcpFrame.Make(200), TcpFrame.Make(300));
            cable.DroppedFromPlug(in _burst[1], DropReason.MacMoved);
            _burst.HoldBack(1);
            cable.Release(_burst);
            Lend(cable, TcpFrame.Make(300));
            cable.DroppedToPlug(in _burst[0], DropReason.NoCarrier);
            cable.Release(_burst);
        }
        string[] lines = _sink.InFile(file => TsharkFactAttribute.Read(file, "-T", "fields", "-E", "separator=|", "-e", "frame.len", "-e", "frame.comment"));
        Assert.Equal(["166|", "266|dropped: mac-moved", "366|dropped: no-carrier", "366|"], lines);
    }

    [TsharkFact]
    public unsafe void A_capture_without_drops_leaves_out_what_went_nowhere()
    {
        CaptureOptions options = new("alpha:1", 0, _time) { Drops = false };
        using (CapturingCable cable = new(_endpoint, new PcapngWriter(_sink, options), _counters.At))
        {
            Lend(cable, TcpFrame.Make(100), TcpFrame.Make(200));
            cable.DroppedFromPlug(in _burst[0], DropReason.MacMoved);
            cable.Release(_burst);
        }
        Assert.Equal(["266"], _sink.InFile(file => TsharkFactAttribute.Read(file, "-T", "fields", "-e", "frame.len")));
    }

    [Fact]
    public void A_capture_changes_nothing_of_what_passes()
    {
        byte[] frame = TcpFrame.Make(3_000);
        Offload gso = TcpFrame.Gso(frame, 1448, Offload.GsoTcpV4);
        CapturingCable cable = Cable(snapLength: 64);
        Assert.Equal(_endpoint.Caps, cable.Caps);
        _endpoint.Queue(frame, gso);
        cable.Poll(_burst);
        cable.Deliver(_burst.Frames);
        cable.Release(_burst);
        Assert.Equal(frame, _endpoint.Delivered.Single().Bytes);
        Assert.Equal(gso, _endpoint.Delivered[0].Offload);
        Assert.Same(_endpoint, cable.Unwrap());
        cable.Dispose();
        Assert.False(_endpoint.IsDisposed);
    }

    [Fact]
    public unsafe void Capturing_allocates_nothing()
    {
        using var queue = new CaptureQueue(1 << 20);
        using var cable = new CapturingCable(_endpoint, new PcapngWriter(queue, new CaptureOptions("a", 0, _time)), _counters.At);
        _endpoint.Keeps = false;
        Lend(cable, TcpFrame.Make(1_000));
        cable.Deliver(_burst.Frames);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            cable.Deliver(_burst.Frames);
            queue.Take(queue.Waiting.Length);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        cable.Release(_burst);
    }

    [Fact]
    public void The_queue_passes_every_byte_between_two_threads()
    {
        using var queue = new CaptureQueue(4096);
        var random = new Random(31);
        byte[] data = new byte[1_000_000];
        random.NextBytes(data);
        var taken = new List<byte>(data.Length);
        var taker = new Thread(() =>
        {
            while (taken.Count < data.Length)
            {
                ReadOnlySpan<byte> waiting = queue.Waiting;
                taken.AddRange(waiting);
                queue.Take(waiting.Length);
                Thread.Yield();
            }
        });
        taker.Start();
        for (int at = 0; at < data.Length;)
        {
            int size = Math.Min(random.Next(1, 700), data.Length - at);
            while (!queue.TryWrite(data.AsSpan(at, size)))
            {
                Thread.Yield();
            }
            at += size;
        }
        taker.Join();
        Assert.Equal(data, taken);
        Assert.False(queue.TryWrite(new byte[4097]));
    }

    public void Dispose()
    {
        _counters.Dispose();
        _burst.Dispose();
    }

    private unsafe CapturingCable Cable(int snapLength) =>
        new(_endpoint, new PcapngWriter(_sink, new CaptureOptions("alpha:1", snapLength, _time)), _counters.At);

    private void Lend(IEndpoint cable, params byte[][] frames)
    {
        foreach (byte[] frame in frames)
        {
            _endpoint.Queue(frame);
        }
        _burst.Clear();
        cable.Poll(_burst);
    }
}
