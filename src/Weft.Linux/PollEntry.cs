using System.Runtime.InteropServices;

namespace Weft.Linux;

/// <summary><c>struct pollfd</c>. A negative descriptor is skipped.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PollEntry
{
    public const short In = 1;
    public const short Out = 4;
    public const short Error = 8;
    public const short HangUp = 0x10;
    public const short PeerClosed = 0x2000;

    public int Descriptor;
    public short Wanted;
    public short Seen;
}
