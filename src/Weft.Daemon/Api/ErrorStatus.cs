using Weft.Model.Errors;

namespace Weft.Daemon.Api;

/// <summary>The HTTP status of an error.</summary>
internal static class ErrorStatus
{
    private const int Unprocessable = 422;
    private const int InsufficientStorage = 507;

    /// <summary>With it goes Retry-After.</summary>
    internal const int TooManyRequests = 429;

    public static int Of(WeftError error) => error.Line > 0 ? Unprocessable : error.Code switch
    {
        ErrorCode.BadRequest or ErrorCode.BadForward or ErrorCode.Usage => 400,
        ErrorCode.MalformedYaml or ErrorCode.UnknownKey or ErrorCode.WrongShape or ErrorCode.DuplicateName or ErrorCode.BadName or
            ErrorCode.UnknownMode or ErrorCode.BadValue or ErrorCode.BadAddress or ErrorCode.BadMac or ErrorCode.BadTap or
            ErrorCode.BadReservation or ErrorCode.DoesNotApply or ErrorCode.BadFilter => 400,
        ErrorCode.NotPermitted or ErrorCode.PortNotAllowed => 403,
        ErrorCode.UnknownVm or ErrorCode.UnknownNic or ErrorCode.UnknownNetwork or ErrorCode.UnknownForward or
            ErrorCode.UnknownChange or ErrorCode.UnknownPoint or ErrorCode.UnknownCapture or ErrorCode.UnknownName => 404,
        ErrorCode.UpUnderWay or ErrorCode.DuplicateForward or ErrorCode.PortInUse or ErrorCode.SubnetCollides or ErrorCode.ForwardWithoutNat or
            ErrorCode.WrongAttachment or ErrorCode.NothingToUndo => 409,
        ErrorCode.AlreadyThere or ErrorCode.NetworkInUse or ErrorCode.TooManyNics or ErrorCode.DuplicateMac or ErrorCode.SubnetsOverlap or
            ErrorCode.DuplicateTap or ErrorCode.DuplicateSocket => 409,
        ErrorCode.NotRunning => 503,
        ErrorCode.Busy => TooManyRequests,
        ErrorCode.FileTooLarge => 413,
        ErrorCode.DiskFull or ErrorCode.RunFolderFull or ErrorCode.TableFull => InsufficientStorage,
        ErrorCode.HomePathTooLong or ErrorCode.NoFreeSubnet or ErrorCode.BadSocket => Unprocessable,
        _ => 500,
    };
}
