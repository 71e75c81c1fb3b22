using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Weft.Engine.Cables;

/// <summary>
/// Theory. One section with one interface in pcapng (draft-ietf-opsawg-pcapng): a section header and an interface
/// description at once, then one enhanced packet block per frame, each handed to the sink whole. Little endian; time in
/// nanoseconds. A frame carries its direction, the reason as a comment when it was dropped, and, behind a gap that the sink
/// could not take, how many frames are missing.
///   block     type, total length, body, total length; padded to four bytes
///   option    code, length, value; padded to four bytes; code 0 ends the list
/// </summary>
public sealed unsafe class PcapngWriter : IDisposable
{
    private const uint SectionHeader = 0x0a0d_0d0a;
    private const uint InterfaceDescription = 1;
    private const uint EnhancedPacket = 6;
    private const uint ByteOrderMagic = 0x1a2b_3c4d;
    private const ushort LinkTypeEthernet = 1;

    private const ushort OptionComment = 1;
    private const ushort OptionPacketFlags = 2;
    private const ushort OptionPacketDropCount = 4;
    private const ushort OptionInterfaceName = 2;
    private const ushort OptionTimeResolution = 9;
    private const ushort OptionApplication = 4;
    private const byte Nanoseconds = 9;

    private const int LongestFrame = 65_600;
    private const int OptionsRoom = 512;

    private readonly ICaptureSink _sink;
    private readonly TimeProvider _time;
    private readonly int _snapLength;
    private readonly byte[][] _comments = new byte[(int)DropReason.Count][];
    private readonly byte* _block = (byte*)NativeMemory.Alloc(LongestFrame + OptionsRoom);
    private int _length;
    private ulong _missedSinceLast;

    public PcapngWriter(ICaptureSink sink, CaptureOptions options)
    {
        _sink = sink;
        _time = options.Time;
        _snapLength = options.SnapLength is > 0 and < LongestFrame ? options.SnapLength : LongestFrame;
        for (int i = 0; i < _comments.Length; i++)
        {
            _comments[i] = Encoding.UTF8.GetBytes($"dropped: {DropReasons.Of((DropReason)i).Name}");
        }
        WriteSection();
        WriteInterface(options.InterfaceName);
    }

    /// <summary>Frames that the sink did not take.</summary>
    public ulong Missed { get; private set; }

    /// <summary>Writes one frame, stamped now.</summary>
    /// <param name="dropped">Why it was not delivered; <see cref="DropReason.None"/> when it was.</param>
    public void Write(in FrameRef frame, CaptureDirection direction, DropReason dropped)
    {
        int captured = Math.Min(frame.Length, _snapLength);
        ulong stamp = (ulong)(_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        Open(EnhancedPacket);
        Put32(0);
        Put32((uint)(stamp >> 32));
        Put32((uint)stamp);
        Put32((uint)captured);
        Put32((uint)frame.Length);
        new FramePieces(in frame).CopyTo(_block + _length, captured);
        _length += captured;
        Pad();
        PutOption(OptionPacketFlags, (uint)direction);
        if (dropped != DropReason.None)
        {
            PutOption(OptionComment, _comments[(int)dropped]);
        }
        if (_missedSinceLast > 0)
        {
            PutOption(OptionPacketDropCount, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in _missedSinceLast)));
        }
        bool isTaken = Close();
        _missedSinceLast = isTaken ? 0 : _missedSinceLast + 1;
        Missed += isTaken ? 0UL : 1;
    }

    public void Dispose() => NativeMemory.Free(_block);

    private void WriteSection()
    {
        Open(SectionHeader);
        Put32(ByteOrderMagic);
        Put32(1); // version 1.0: major in the lower half
        Put32(uint.MaxValue);
        Put32(uint.MaxValue); // length of the section: not known
        PutOption(OptionApplication, "weft"u8);
        Close();
    }

    private void WriteInterface(string name)
    {
        Span<byte> bytes = stackalloc byte[256];
        Encoding.UTF8.TryGetBytes(name, bytes, out int written);
        Open(InterfaceDescription);
        Put32(LinkTypeEthernet);
        Put32(_snapLength == LongestFrame ? 0 : (uint)_snapLength);
        PutOption(OptionInterfaceName, bytes[..written]);
        PutOption(OptionTimeResolution, [Nanoseconds]);
        Close();
    }

    private void Open(uint type)
    {
        _length = 0;
        Put32(type);
        Put32(0);
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

    private void PutOption(ushort code, uint value)
    {
        Put32(code | 4u << 16);
        Put32(value);
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
