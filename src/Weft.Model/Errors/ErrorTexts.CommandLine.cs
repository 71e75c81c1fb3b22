namespace Weft.Model.Errors;

/// <summary>W3: the command line.</summary>
public static partial class ErrorTexts
{
    private static Explanation[] CommandLine =>
    [
        new(ErrorCode.Usage, "the command line cannot be run",
            "A word is missing, one too many, or misspelled.",
            "weft --help", "unrecognized command or argument 'stauts'"),
        new(ErrorCode.NotRunning, "no Weft runs here",
            "Neither weftd nor a worker answers in the home.",
            "weft up", "no Weft runs here"),
        new(ErrorCode.NoFile, "no such file",
            "The topology that was named is not there or cannot be read.",
            "ls, and name a file that is there", "there is no file 'lab.weft.yml'"),
        new(ErrorCode.SeveralFiles, "several files fit",
            "More than one *.weft.yml lies in this folder, and none was named.",
            "weft up lab.weft.yml", "several topologies lie here"),
        new(ErrorCode.DaemonFailed, "weftd did not start",
            "It ended at once; its log says why.",
            "weft doctor", "weftd did not start"),
        new(ErrorCode.DaemonSilent, "weftd does not answer",
            "It takes connections and says nothing in time, or it is of another version.",
            "weft doctor", "weftd on /home/me/.local/state/weft does not answer"),
        new(ErrorCode.NoProgram, "no such program",
            "The command behind 'weft run VM --' is in no folder of the PATH, or may not be executed.",
            "install it, or name it by its path", "there is no program qemu-system-x86_64"),
    ];
}
