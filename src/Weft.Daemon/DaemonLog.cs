using System.Globalization;

namespace Weft.Daemon;

/// <summary>A line per event in a file. A log that cannot be written is no reason to fail.</summary>
internal sealed class DaemonLog(string? path)
{
    private readonly Lock _lock = new();

    public void Write(string text)
    {
        if (path is null)
        {
            return;
        }
        string line = string.Create(CultureInfo.InvariantCulture,
            $"{DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} weftd[{Environment.ProcessId}] {text.ReplaceLineEndings(" | ")}\n");
        lock (_lock)
        {
            try
            {
                File.AppendAllText(path, line);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // A full disk must not take the daemon down.
            }
        }
    }
}
