using System.Buffers.Binary;
using System.Net.Sockets;
using Weft.Engine;
using Weft.Engine.Cables;
using Weft.Engine.State;
using Weft.Linux.Sockets;
using Weft.Tests.Linux;
using Weft.Worker;

namespace Weft.Tests.Captures;

/// <summary>One capture's way from the lanes to its reader.</summary>
public sealed unsafe class CaptureSessionTests : IDisposable
{
    private readonly byte[] _frame = new byte[1_000];
    private readonly Socket _reader;
    private readonly CaptureSession _session;
    private readonly CaptureRecord _all = default;
    private int _left;

    public CaptureSessionTests()
    {
        SocketCalls.Pair(SocketConstants.TypeStream, out int near, out int far);
        _reader = new Socket(new SafeSocketHandle(near, ownsHandle: true));
        _session = new CaptureSession(in _all, far, () => Interlocked.Increment(ref _left));
    }

    [Fact]
    public void Frames_of_two_points_come_in_the_order_of_time_and_statistics_last()
    {
        PcapngWriter one = _session.AddPoint(1, false, 0);
        PcapngWriter other = _session.AddPoint(2, true, 1);
        ulong start = one.Now;
        Write(one, start + 10, 3);
        Write(other, start + 11, 2);
        Write(one, start + 12, 1);
        End(one, other);

        List<byte[]> blocks = ReadAll();

        Assert.Equal([6u, 6, 6, 6, 6, 6, 5, 5], blocks.Select(b => BinaryPrimitives.ReadUInt32LittleEndian(b)));
        ulong[] stamps = [.. blocks.Take(6).Select(b => ((ulong)Word(b, 12) << 32) | Word(b, 16))];
        Assert.Equal(stamps.Order(), stamps);
        Assert.Equal([0u, 0, 0, 1, 1, 0], blocks.Take(6).Select(b => Word(b, 8)));
        Assert.True(PcapngSection.TryReadStatistics(blocks[7], out uint number, out ulong received, out ulong dropped));
        Assert.Equal((1u, 2ul, 0ul), (number, received, dropped));
    }

    [Fact]
    public void Who_does_not_read_loses_frames_that_are_counted_and_holds_up_nobody()
    {
        PcapngWriter writer = _session.AddPoint(1, false, 0);
        int frames = 2 * CaptureQueue.DefaultBytes / _frame.Length;
        Write(writer, writer.Now - 10_000_000, frames);
        Assert.True(writer.Missed > 0);
        Assert.Equal((ulong)frames, writer.Written + writer.Missed);
        ulong missed = writer.Missed;
        End(writer);

        List<byte[]> blocks = ReadAll();

        Assert.True(PcapngSection.TryReadStatistics(blocks[^1], out _, out ulong received, out ulong dropped));
        Assert.Equal(((ulong)frames, missed), (received, dropped));
        Assert.Equal(frames - (int)missed, blocks.Count - 1);
    }

    [Fact]
    public void A_reader_that_goes_is_noticed_without_traffic_and_once()
    {
        PcapngWriter writer = _session.AddPoint(1, false, 0);
        _reader.Dispose();
        Eventually.True(() => Volatile.Read(ref _left) > 0, "somebody is told");
        Write(writer, writer.Now, 10);
        Thread.Sleep(200);
        Assert.Equal(1, _left);
        End(writer);
        _session.Join();
    }

    [Fact]
    public void A_capture_whose_points_are_all_gone_wants_to_end()
    {
        PcapngWriter writer = _session.AddPoint(1, false, 0);
        writer.Dispose();
        Eventually.True(() => Volatile.Read(ref _left) > 0, "somebody is told");
    }

    public void Dispose()
    {
        foreach (CapturePoint point in _session.Points)
        {
            point.Writer.Dispose();
        }
        _session.Close();
        _session.Join();
        _reader.Dispose();
    }

    private void Write(PcapngWriter to, ulong stamp, int frames)
    {
        fixed (byte* at = _frame)
        {
            FrameRef frame = new() { Head = at, HeadLength = _frame.Length, Length = _frame.Length };
            for (int i = 0; i < frames; i++)
            {
                to.Write(in frame, CaptureDirection.Inbound, DropReason.None, stamp);
            }
        }
    }

    private void End(params PcapngWriter[] writers)
    {
        Array.ForEach(writers, writer => writer.Dispose());
        _session.Close();
    }

    private List<byte[]> ReadAll()
    {
        using MemoryStream all = new();
        using NetworkStream stream = new(_reader);
        stream.CopyTo(all);
        byte[] bytes = all.ToArray();
        List<byte[]> blocks = [];
        for (int at = 0; at < bytes.Length; at += blocks[^1].Length)
        {
            blocks.Add(bytes[at..(at + (int)Word(bytes, at + 4))]);
        }
        return blocks;
    }

    private static uint Word(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
}
