namespace Weft.Linux;

/// <summary>A system call failed where nothing sensible can go on (start-up, cold paths). The data path answers errno values instead.</summary>
public sealed class LinuxException(string what, int error) : IOException($"{what}: {Errno.Text(error)}")
{
    /// <summary>Positive errno.</summary>
    public int Error { get; } = error;

    /// <summary>Gives back a result that is not below zero; throws for a negated errno.</summary>
    public static int Check(int result, string what) => result >= 0 ? result : throw new LinuxException(what, -result);
}
