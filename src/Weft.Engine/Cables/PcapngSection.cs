using System.Buffers.Binary;
using System.Text;

namespace Weft.Engine.Cables;

/// <summary>
/// Theory. The blocks of pcapng (draft-ietf-opsawg-pcapng) that stand around the frames: a section header, one interface
/// description for each capture point, and at the end one interface statistics block for each. Little endian.
///   block     type, total length, body, total length; padded to four bytes
///   option    code, length, value; padded to four bytes; code 0 ends the list
/// </summary>
public sealed class PcapngSection
{
    public const uint SectionHeader = 0x0a0d_0d0a;
    public const uint InterfaceDescription = 1;
    public const uint InterfaceStatistics = 5;
    public const uint EnhancedPacket = 6;

    /// <summary>Longer than any block that is written here.</summary>
    public const int LongestBlock = LongestFrame + OptionsRoom;
    public const int LongestFrame = 65_600;

    private const int OptionsRoom = 512;
    private const uint ByteOrderMagic = 0x1a2b_3c4d;
    private const ushort LinkTypeEthernet = 1;
    private const ushort OptionApplication = 4;
    private const ushort OptionInterfaceName = 2;
    private const ushort OptionTimeResolution = 9;
    private const ushort OptionReceived = 4;
    private const ushort OptionDropped = 5;
    private const byte Nanoseconds = 9;

    private readonly List<byte> _bytes = [];
    private int _start;

    /// <summary>A section header, and the description of each interface in the order of their numbers.</summary>
    /// <param name="snapLength">0 = whole frames.</param>
    public static byte[] Begin(IEnumerable<string> interfaces, int snapLength)
    {
        PcapngSection section = new();
        section.Open(SectionHeader);
        section.Put32(ByteOrderMagic);
        section.Put32(1); // version 1.0: major in the lower half
        section.Put32(uint.MaxValue);
        section.Put32(uint.MaxValue); // length of the section: not known
        section.PutOption(OptionApplication, "weft"u8);
        section.Close();
        foreach (string name in interfaces)
        {
            section.Open(InterfaceDescription);
            section.Put32(LinkTypeEthernet);
            section.Put32((uint)snapLength);
            section.PutOption(OptionInterfaceName, Encoding.UTF8.GetBytes(name));
            section.PutOption(OptionTimeResolution, [Nanoseconds]);
            section.Close();
        }
        return [.. section._bytes];
    }

    /// <summary>What one interface saw in all.</summary>
    public static byte[] Statistics(uint number, ulong nanoseconds, ulong received, ulong dropped)
    {
        PcapngSection section = new();
        section.Open(InterfaceStatistics);
        section.Put32(number);
        section.Put32((uint)(nanoseconds >> 32));
        section.Put32((uint)nanoseconds);
        section.PutOption(OptionReceived, BitConverter.GetBytes(received));
        section.PutOption(OptionDropped, BitConverter.GetBytes(dropped));
        section.Close();
        return [.. section._bytes];
    }

    /// <summary>Reads a statistics block; false for any other.</summary>
    public static bool TryReadStatistics(ReadOnlySpan<byte> block, out uint number, out ulong received, out ulong dropped)
    {
        const int options = 20;
        (number, received, dropped) = (0, 0, 0);
        if (block.Length < options + 24 + 4 || BinaryPrimitives.ReadUInt32LittleEndian(block) != InterfaceStatistics)
        {
            return false;
        }
        number = BinaryPrimitives.ReadUInt32LittleEndian(block[8..]);
        received = BinaryPrimitives.ReadUInt64LittleEndian(block[(options + 4)..]);
        dropped = BinaryPrimitives.ReadUInt64LittleEndian(block[(options + 16)..]);
        return true;
    }

    private void Open(uint type)
    {
        _start = _bytes.Count;
        Put32(type);
        Put32(0);
    }

    private void Close()
    {
        Put32(0);
        byte[] total = BitConverter.GetBytes(_bytes.Count - _start + 4);
        _bytes.AddRange(total);
        for (int i = 0; i < total.Length; i++)
        {
            _bytes[_start + 4 + i] = total[i];
        }
    }

    private void PutOption(ushort code, ReadOnlySpan<byte> value)
    {
        Put32(code | (uint)value.Length << 16);
        _bytes.AddRange(value);
        while (_bytes.Count % 4 != 0)
        {
            _bytes.Add(0);
        }
    }

    private void Put32(uint value) => _bytes.AddRange(BitConverter.GetBytes(value));
}
