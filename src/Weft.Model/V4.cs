using System.Buffers.Binary;
using System.Net;

namespace Weft.Model;

/// <summary>Arithmetic on IPv4 addresses in host order.</summary>
public static class V4
{
    public static uint Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        return address.TryWriteBytes(bytes, out int written) && written == 4
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : throw new ArgumentException($"{address} is not IPv4");
    }

    public static IPAddress ToAddress(uint hostOrder)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, hostOrder);
        return new IPAddress(bytes);
    }

    public static uint Mask(int prefixLength) => prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength);

    /// <summary>The address <paramref name="offset"/> places after the subnet's first.</summary>
    public static IPAddress At(IPNetwork subnet, uint offset) => ToAddress(Of(subnet.BaseAddress) + offset);

    public static uint Size(IPNetwork subnet) => subnet.PrefixLength == 0 ? uint.MaxValue : 1u << (32 - subnet.PrefixLength);

    public static IPAddress LastUsable(IPNetwork subnet) => At(subnet, Size(subnet) - 2);

    public static bool Overlap(IPNetwork one, IPNetwork other) => one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress);
}
