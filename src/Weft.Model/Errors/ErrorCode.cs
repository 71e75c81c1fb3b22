namespace Weft.Model.Errors;

/// <summary>
/// The codes of every error. W1: a file or argument is wrong. W2: what runs refuses. W3: the command line.
/// A code keeps its meaning for ever.
/// </summary>
public static class ErrorCode
{
    public const string MalformedYaml = "W1001";
    public const string UnknownKey = "W1002";
    public const string WrongShape = "W1003";
    public const string DuplicateName = "W1004";
    public const string BadName = "W1005";
    public const string UnknownMode = "W1006";
    public const string BadValue = "W1007";
    public const string BadAddress = "W1008";
    public const string BadMac = "W1009";
    public const string BadForward = "W1010";
    public const string FileTooLarge = "W1011";

    public const string UnknownNetwork = "W1101";
    public const string TooManyNics = "W1102";
    public const string DuplicateMac = "W1103";
    public const string BadReservation = "W1104";
    public const string SubnetsOverlap = "W1105";
    public const string UnknownVm = "W1106";
    public const string ForwardWithoutNat = "W1107";
    public const string DuplicateForward = "W1108";
    public const string DuplicateTap = "W1109";
    public const string DoesNotApply = "W1110";
    public const string BadTap = "W1111";
    public const string BadSocket = "W1112";
    public const string DuplicateSocket = "W1113";

    public const string SubnetCollides = "W1201";
    public const string NoFreeSubnet = "W1202";

    public const string BadFilter = "W1301";
    public const string UnknownPoint = "W1302";

    public const string UnknownNic = "W2001";
    public const string UnknownForward = "W2002";
    public const string PortInUse = "W2003";
    public const string PortNotAllowed = "W2004";
    public const string UpUnderWay = "W2005";
    public const string SecondDaemon = "W2006";
    public const string HomePathTooLong = "W2007";
    public const string NotPermitted = "W2008";
    public const string DiskFull = "W2009";
    public const string StoreDamaged = "W2010";
    public const string StoreFailed = "W2011";
    public const string WorkerUnreachable = "W2012";
    public const string KeeperFailed = "W2013";
    public const string TapFailed = "W2014";
    public const string StepFailed = "W2015";
    public const string TableFull = "W2016";
    public const string WrongAttachment = "W2017";
    public const string BadRequest = "W2018";
    public const string Internal = "W2019";
    public const string HomeUnusable = "W2020";
    public const string RunFolderFull = "W2021";
    public const string LanesRunning = "W2022";
    public const string NothingToUndo = "W2023";
    public const string AlreadyThere = "W2024";
    public const string NetworkInUse = "W2025";
    public const string AddressNotHere = "W2026";
    public const string UnknownChange = "W2027";
    public const string Busy = "W2030";

    public const string UnknownCapture = "W2101";

    public const string UnknownName = "W2201";

    public const string Usage = "W3001";
    public const string NotRunning = "W3002";
    public const string NoFile = "W3003";
    public const string SeveralFiles = "W3004";
    public const string DaemonFailed = "W3005";
    public const string DaemonSilent = "W3006";
    public const string NoProgram = "W3007";
}
