using System.Runtime.InteropServices;

namespace Weft.Linux.Sockets;

/// <summary><c>struct mmsghdr</c>: one message of a batch and, after the call, its length.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MessageSlot
{
    public MessageHeader Header;
    public uint Length;
}
