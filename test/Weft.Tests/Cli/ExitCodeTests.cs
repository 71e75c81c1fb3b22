using System.Reflection;
using Weft.Cli.Output;
using Weft.Daemon.Api;
using Weft.Model.Errors;

namespace Weft.Tests.Cli;

/// <summary>Which exit code each error of the API comes to. A new code needs its row.</summary>
public sealed class ExitCodeTests
{
    private static readonly Dictionary<int, string[]> Table = new()
    {
        [ExitCode.Usage] =
        [
            ErrorCode.MalformedYaml, ErrorCode.UnknownKey, ErrorCode.WrongShape, ErrorCode.DuplicateName, ErrorCode.BadName, ErrorCode.UnknownMode,
            ErrorCode.BadValue, ErrorCode.BadAddress, ErrorCode.BadMac, ErrorCode.BadForward, ErrorCode.BadReservation, ErrorCode.DoesNotApply,
            ErrorCode.BadTap, ErrorCode.BadRequest, ErrorCode.BadFilter, ErrorCode.Usage,
        ],
        [ExitCode.NotFound] = [ErrorCode.UnknownNetwork, ErrorCode.UnknownVm, ErrorCode.UnknownNic, ErrorCode.UnknownForward, ErrorCode.UnknownChange,
            ErrorCode.UnknownPoint, ErrorCode.UnknownCapture, ErrorCode.UnknownName],
        [ExitCode.Conflict] =
        [
            ErrorCode.TooManyNics, ErrorCode.DuplicateMac, ErrorCode.SubnetsOverlap, ErrorCode.ForwardWithoutNat, ErrorCode.DuplicateForward,
            ErrorCode.DuplicateTap, ErrorCode.DuplicateSocket, ErrorCode.SubnetCollides, ErrorCode.PortInUse, ErrorCode.UpUnderWay,
            ErrorCode.WrongAttachment, ErrorCode.AlreadyThere, ErrorCode.NetworkInUse, ErrorCode.NothingToUndo,
        ],
        [ExitCode.Permission] = [ErrorCode.PortNotAllowed, ErrorCode.NotPermitted],
        [ExitCode.NotRunning] = [ErrorCode.NotRunning],
        [ExitCode.Failed] =
        [
            ErrorCode.FileTooLarge, ErrorCode.BadSocket, ErrorCode.NoFreeSubnet, ErrorCode.HomePathTooLong, ErrorCode.DiskFull, ErrorCode.StoreDamaged,
            ErrorCode.StoreFailed, ErrorCode.WorkerUnreachable, ErrorCode.KeeperFailed, ErrorCode.TapFailed, ErrorCode.StepFailed,
            ErrorCode.TableFull, ErrorCode.Internal, ErrorCode.HomeUnusable, ErrorCode.RunFolderFull, ErrorCode.AddressNotHere, ErrorCode.Busy,
        ],
    };

    /// <summary>Told by the command line itself, which says the exit code beside them.</summary>
    private static readonly string[] Local = [ErrorCode.SecondDaemon, ErrorCode.LanesRunning, ErrorCode.NoFile, ErrorCode.SeveralFiles,
        ErrorCode.DaemonFailed, ErrorCode.DaemonSilent, ErrorCode.NoProgram];

    [Fact]
    public void Every_error_has_its_exit_code()
    {
        string[] all = [.. typeof(ErrorCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!)];
        string[] missing = [.. all.Except(Table.Values.SelectMany(codes => codes)).Except(Local)];
        Assert.True(missing.Length == 0, $"no exit code is written down for {string.Join(", ", missing)}");
        Assert.Equal(all.Length, all.Distinct().Count());
        foreach ((int exitCode, string[] codes) in Table)
        {
            foreach (string code in codes)
            {
                int status = ErrorStatus.Of(new WeftError(code, "what", "why", "weft status"));
                Assert.True(exitCode == ExitCode.OfHttp(status), $"{code} is status {status}, which exits {ExitCode.OfHttp(status)}, not {exitCode}");
            }
        }
    }

    [Fact]
    public void A_mistake_in_a_file_is_a_failure_not_a_wrong_command_line() => Assert.Equal(ExitCode.Failed,
        ExitCode.OfHttp(ErrorStatus.Of(new WeftError(ErrorCode.BadValue, "what", "why", "weft status") { Line = 3 })));
}
