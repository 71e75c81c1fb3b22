using Weft.Engine;
using Weft.Wire;
using static Weft.Linux.Sockets.SocketConstants;

namespace Weft.Linux.Sockets;

/// <summary>
/// One entry of a socket's error queue: <c>struct sock_extended_err</c> followed by the offender's address (ip(7), IP_RECVERR).
/// An error of the host itself (a datagram larger than the path) has no ICMP message; it is reported as the one that a
/// router would have sent.
/// </summary>
internal static unsafe class ErrorQueue
{
    public const int ControlSize = 256;

    private const int ErrorAt = 0;
    private const int OriginAt = 4;
    private const int TypeAt = 5;
    private const int CodeAt = 6;
    private const int InfoAt = 8;
    private const int ExtendedSize = 16;
    private const byte OriginLocal = 1;
    private const byte Unreachable = 3;
    private const byte HostUnreachable = 1;
    private const byte FragmentationNeeded = 4;

    public static IcmpErrorReport Read(in MessageHeader message, HostEnd destination)
    {
        byte* data = ControlMessage.Find(in message, LevelV4, ReceiveErrors, out int length);
        if (data is null)
        {
            data = ControlMessage.Find(in message, LevelV6, ReceiveErrorsV6, out length);
        }
        if (data is null || length < ExtendedSize)
        {
            return new IcmpErrorReport(Unreachable, HostUnreachable, 0, default, destination);
        }
        uint info = *(uint*)(data + InfoAt);
        if (data[OriginAt] == OriginLocal)
        {
            byte code = *(int*)(data + ErrorAt) == Errno.EMSGSIZE ? FragmentationNeeded : HostUnreachable;
            return new IcmpErrorReport(Unreachable, code, info, default, destination);
        }
        IpAddress offender = length >= ExtendedSize + 16 ? SocketAddress.Read(data + ExtendedSize).Address : default;
        return new IcmpErrorReport(data[TypeAt], data[CodeAt], info, offender, destination);
    }
}
