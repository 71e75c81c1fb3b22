using Microsoft.Win32.SafeHandles;

namespace Weft.Cli.Output;

/// <summary>
/// Standard output that fails when nobody reads it any more: .NET's console swallows EPIPE, and what follows something would go on
/// for ever. Files and terminals stay with the console, whose writes go where the descriptor stands.
/// </summary>
public static class StandardOutput
{
    private const int BrokenPipe = 32; // EPIPE of errno(3)

    /// <summary>Once, before anything is written.</summary>
    public static void Use()
    {
        if (Pipe() is { } pipe)
        {
            Console.SetOut(new StreamWriter(pipe) { AutoFlush = true });
        }
    }

    internal static Stream Open() => Pipe() ?? Console.OpenStandardOutput();

    /// <summary>The reader of a pipe has what it wanted.</summary>
    internal static bool HasNoReader(IOException problem) => problem.HResult == BrokenPipe;

    private static FileStream? Pipe()
    {
        if (!Console.IsOutputRedirected)
        {
            return null;
        }
        try
        {
            FileStream stream = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return stream.CanSeek ? null : stream;
        }
        catch (Exception closed) when (closed is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
