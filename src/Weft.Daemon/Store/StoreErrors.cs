using Weft.Linux;
using Weft.Model;
using Weft.Model.Errors;

namespace Weft.Daemon.Store;

/// <summary>What a refusal of the file system means to the person who asked for a change.</summary>
internal static class StoreErrors
{
    private const int QuotaExceeded = 122;

    public static WeftError Of(IOException problem, HomeFolder home) => problem.HResult is Errno.ENOSPC or QuotaExceeded
        ? new WeftError(ErrorCode.DiskFull, "the disk is full: nothing was changed",
            $"the new state could not be written to {home.State}; what runs goes on as before", $"df -h {ShellWord.Of(home.Path)} && weft status")
        : new WeftError(ErrorCode.StoreFailed, "the new state cannot be written: nothing was changed",
            problem.Message.ReplaceLineEndings(" "), $"ls -ld {ShellWord.Of(home.State)} && weft status");
}
