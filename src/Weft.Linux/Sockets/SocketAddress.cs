using System.Buffers.Binary;
using Weft.Engine;
using Weft.Wire;
using static Weft.Linux.Sockets.SocketConstants;

namespace Weft.Linux.Sockets;

/// <summary><c>struct sockaddr_in</c> and <c>sockaddr_in6</c> from and to a <see cref="HostEnd"/>.</summary>
internal static unsafe class SocketAddress
{
    /// <summary>Room for either family.</summary>
    public const int MaxSize = 28;

    private const int SizeV4 = 16;
    private const int PortAt = 2;
    private const int AddressV4At = 4;
    private const int AddressV6At = 8;

    public static int FamilyOf(IpAddress address) => address.IsV4 || address.IsNone ? FamilyV4 : FamilyV6;

    /// <summary>Writes at most <see cref="MaxSize"/> bytes and returns how many. No address becomes 0.0.0.0.</summary>
    public static int Write(byte* to, HostEnd end)
    {
        new Span<byte>(to, MaxSize).Clear();
        *(ushort*)(to + PortAt) = BinaryPrimitives.ReverseEndianness(end.Port);
        if (FamilyOf(end.Address) == FamilyV4)
        {
            *(ushort*)to = FamilyV4;
            end.Address.WriteV4(to + AddressV4At);
            return SizeV4;
        }
        *(ushort*)to = FamilyV6;
        BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(to + AddressV6At, 8), end.Address.High);
        BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(to + AddressV6At + 8, 8), end.Address.Low);
        return MaxSize;
    }

    /// <summary>Reads what the system wrote; none for another family.</summary>
    public static HostEnd Read(byte* from)
    {
        ushort port = BinaryPrimitives.ReverseEndianness(*(ushort*)(from + PortAt));
        return *(ushort*)from switch
        {
            FamilyV4 => new HostEnd(IpAddress.ReadV4(from + AddressV4At), port),
            FamilyV6 => new HostEnd(
                new IpAddress(
                    BinaryPrimitives.ReadUInt64BigEndian(new ReadOnlySpan<byte>(from + AddressV6At, 8)),
                    BinaryPrimitives.ReadUInt64BigEndian(new ReadOnlySpan<byte>(from + AddressV6At + 8, 8))),
                port),
            _ => default,
        };
    }
}
