using Weft.Engine.State;
using Weft.Linux;

namespace Weft.Worker;

/// <summary>What can be put around a cable while it is in use: a capture, an impairment.</summary>
internal sealed unsafe partial class DataPlane
{
    public int Capture(ulong port, in CaptureRecord wanted, int descriptor) => -Errno.ENOSYS;

    public int Impair(ulong port, in ImpairmentRecord wanted) => -Errno.ENOSYS;
}
