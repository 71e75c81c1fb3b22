using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Weft.Engine.Cables;

/// <summary>
/// Writes frames as enhanced packet blocks of pcapng (see <see cref="PcapngSection"/>), each handed to the sink whole, time in
/// nanoseconds. A frame carries its direction, the reason as a comment when it was dropped, and, behind a gap that the sink
/// could not take, how many frames are missing.
/// </summary>
/// <remarks>Lives on the lane of its port.</remarks>
public sealed unsafe class PcapngWriter : IDisposable
{
    private const ushort OptionComment = 1;
    private const ushort OptionPacketFlags = 2;
    private const ushort OptionPacketDropCount = 4;

    private readonly ICaptureSink _sink;
    private readonly TimeProvider _time;
    private readonly FilterProgram _filter;
    private readonly bool _drops;
    private readonly int _snapLength;
    private readonly uint _interface;
    private readonly byte[][] _comments = new byte[(int)DropReason.Count][];
    private byte* _block = (byte*)NativeMemory.Alloc(PcapngSection.LongestBlock);
    private int _length;
    private ulong _missedSinceLast;

    public PcapngWriter(ICaptureSink sink, CaptureOptions options)
    {
        _sink = sink;
        _time = options.Time;
        _filter = options.Filter;
        _drops = options.Drops;
        _interface = options.Interface ?? 0;
        _snapLength = options.SnapLength is > 0 and < PcapngSection.LongestFrame ? options.SnapLength : PcapngSection.LongestFrame;
        for (int i = 0; i < _comments.Length; i++)
        {
            _comments[i] = Encoding.UTF8.GetBytes($"dropped: {DropReasons.Of((DropReason)i).Name}");
        }
        if (options.Interface is null)
        {
            sink.TryWrite(PcapngSection.Begin([options.InterfaceName], options.SnapLength));
        }
    }

    /// <summary>Frames that the sink took.</summary>
    public ulong Written { get; private set; }

    /// <summary>Frames that the sink did not take.</summary>
    public ulong Missed { get; private set; }

    /// <summary>Nanoseconds since 1970.</summary>
    public ulong Now => (ulong)(_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>Writes one frame, stamped now.</summary>
    public void Write(in FrameRef frame, CaptureDirection direction, DropReason dropped) => Write(in frame, direction, dropped, Now);

    /// <summary>Writes one frame, unless the capture does not ask for it.</summary>
    /// <param name="dropped">Why it was not delivered; <see cref="DropReason.None"/> when it was.</param>
    /// <param name="stamp">When it passed, as <see cref="Now"/> was then.</param>
    public void Write(in FrameRef frame, CaptureDirection direction, DropReason dropped, ulong stamp)
    {
        if ((dropped != DropReason.None && !_drops) || !_filter.Keeps(in frame))
        {
            return;
        }
        int captured = Math.Min(frame.Length, _snapLength);
        _length = 0;
        Put32(PcapngSection.EnhancedPacket);
        Put32(0);
        Put32(_interface);
        Put32((uint)(stamp >> 32));
        Put32((uint)stamp);
        Put32((uint)captured);
        Put32((uint)frame.Length);
        new FramePieces(in frame).CopyTo(_block + _length, captured);
        _length += captured;
        Pad();
        Put32(OptionPacketFlags | 4u << 16);
        Put32((uint)direction);
        if (dropped != DropReason.None)
        {
            PutOption(OptionComment, _comments[(int)dropped]);
        }
        if (_missedSinceLast > 0)
        {
            PutOption(OptionPacketDropCount, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in _missedSinceLast)));
        }
        Count(Close());
    }

    public void Dispose()
    {
        if (_block != null)
        {
            NativeMemory.Free(_block);
            _block = null;
            _sink.End();
        }
    }

    private void Count(bool isTaken)
    {
        _missedSinceLast = isTaken ? 0 : _missedSinceLast + 1;
        Missed += isTaken ? 0UL : 1;
        Written += isTaken ? 1UL : 0;
    }

    /// <summary>Ends options and block and hands it to the sink.</summary>
    private bool Close()
    {
        Put32(0);
        uint total = (uint)_length + 4;
        Put32(total);
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(_block + 4, 4), total);
        return _sink.TryWrite(new ReadOnlySpan<byte>(_block, _length));
    }

    private void PutOption(ushort code, ReadOnlySpan<byte> value)
    {
        Put32(code | (uint)value.Length << 16);
        value.CopyTo(new Span<byte>(_block + _length, value.Length));
        _length += value.Length;
        Pad();
    }

    private void Put32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(_block + _length, 4), value);
        _length += 4;
    }

    private void Pad()
    {
        while (_length % 4 != 0)
        {
            _block[_length++] = 0;
        }
    }
}
