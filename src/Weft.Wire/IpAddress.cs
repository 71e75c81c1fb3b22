using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Weft.Wire;

/// <summary>
/// An IPv4 or IPv6 address in 128 bits; IPv4 is held IPv4-mapped (::ffff:a.b.c.d, RFC 4291 §2.5.5.2), so that no table or
/// record changes its shape for IPv6. Halves are in host order, <see cref="High"/> first on the wire.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct IpAddress(ulong High, ulong Low)
{
    private const ulong MappedPrefix = 0x0000_ffff_0000_0000UL;

    public static IpAddress FromV4(uint hostOrder) => new(0, MappedPrefix | hostOrder);

    public bool IsV4 => High == 0 && (Low & 0xffff_ffff_0000_0000UL) == MappedPrefix;

    /// <summary>The IPv4 address in host order; meaningful only when <see cref="IsV4"/>.</summary>
    public uint V4 => (uint)Low;

    /// <summary>No address (all zero bits), not 0.0.0.0.</summary>
    public bool IsNone => High == 0 && Low == 0;

    public bool IsLoopback => IsV4 ? V4 >> 24 == 127 : High == 0 && Low == 1;

    public bool IsMulticast => IsV4 ? V4 >> 28 == 0xe : High >> 56 == 0xff;

    public bool IsUnspecified => IsNone || Low == MappedPrefix && High == 0;

    public static unsafe IpAddress ReadV4(byte* at) => FromV4(BinaryPrimitives.ReverseEndianness(*(uint*)at));

    public unsafe void WriteV4(byte* at) => *(uint*)at = BinaryPrimitives.ReverseEndianness(V4);

    public static unsafe IpAddress ReadV6(byte* at) => new(NetworkOrder.Read64(at), NetworkOrder.Read64(at + 8));

    public unsafe void WriteV6(byte* at)
    {
        NetworkOrder.Write64(at, High);
        NetworkOrder.Write64(at + 8, Low);
    }

    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address)
    {
        address = default;
        if (!IPAddress.TryParse(text, out IPAddress? parsed))
        {
            return false;
        }
        address = From(parsed);
        return true;
    }

    public static IpAddress From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        return new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }

    public override string ToString()
    {
        if (IsV4)
        {
            return $"{V4 >> 24}.{(V4 >> 16) & 255}.{(V4 >> 8) & 255}.{V4 & 255}";
        }
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        return new IPAddress(bytes).ToString();
    }
}
