using System.Runtime.InteropServices;
using Weft.Engine;

namespace Weft.Linux.Sockets;

/// <summary><c>struct msghdr</c> of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public IoVec* Runs;
    public nuint RunCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}
