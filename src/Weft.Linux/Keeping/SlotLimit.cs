using Weft.Linux.Processes;

namespace Weft.Linux.Keeping;

/// <summary>How many slots there are: what a process may open, less what it needs for itself. The same on both sides.</summary>
public static class SlotLimit
{
    private const int OwnDescriptors = 256;
    private const int Most = 1 << 17;

    /// <summary>Raises this process's limit to the hard one and answers the number of slots.</summary>
    public static int Raise()
    {
        int limit = LinuxException.Check(ProcessCalls.RaiseDescriptorLimit(), "descriptor limit");
        return Math.Clamp(limit - OwnDescriptors, OwnDescriptors, Most) & ~63;
    }
}
