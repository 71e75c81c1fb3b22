using System.Runtime.InteropServices;
using static Weft.Linux.Sockets.SocketConstants;

namespace Weft.Linux.Sockets;

/// <summary>The front of <c>struct tcp_info</c> (linux/tcp.h) with the three fields that takeover leans on.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct TcpInfo
{
    public const int Size = 136;

    [FieldOffset(0)] public byte State;
    [FieldOffset(120)] public ulong BytesAcked;
    [FieldOffset(128)] public ulong BytesReceived;

    /// <summary>False when it is no TCP socket, or the kernel is older than 4.1 and has no byte counters.</summary>
    public static bool TryRead(int socket, ref TcpInfo info)
    {
        fixed (TcpInfo* at = &info)
        {
            return SocketCalls.GetOption(socket, LevelTcp, TcpInformation, at, Size) == Size;
        }
    }

    public readonly bool SameAs(in TcpInfo other) =>
        State == other.State && BytesAcked == other.BytesAcked && BytesReceived == other.BytesReceived;
}
