using Weft.Model.Errors;

namespace Weft.Model;

/// <summary>Whether the disk under a home's run folder still takes a file: no process can start without its sockets and log.</summary>
public static class HomeRoom
{
    private const int NoSpace = 28; // ENOSPC, EDQUOT of errno(3)
    private const int QuotaExceeded = 122;
    private const int ProbeBytes = 4096;

    /// <summary>The refusal when there is no room; null when there is, or when something else is wrong with the folder.</summary>
    public static WeftError? Fault(HomeFolder home)
    {
        string probe = $"{home.Run}/probe-{Environment.ProcessId}";
        try
        {
            File.WriteAllBytes(probe, new byte[ProbeBytes]);
            return null;
        }
        catch (IOException problem) when (problem.HResult is NoSpace or QuotaExceeded)
        {
            return new WeftError(ErrorCode.RunFolderFull, $"there is no room in {home.Run}",
                "its disk takes no more bytes or files, and Weft needs a few for sockets and logs", $"df -h {ShellWord.Of(home.Path)} && df -i {ShellWord.Of(home.Path)} && weft up");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        finally
        {
            TryDelete(probe);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It was not made.
        }
    }
}
