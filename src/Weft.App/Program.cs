using Weft.Cli;
using Weft.Cli.Output;
using Weft.Daemon;
using Weft.Engine;
using Weft.Keeper;
using Weft.Linux.Processes;
using Weft.Linux.Taps;
using Weft.Model.Errors;
using Weft.Worker;

// The one executable: the first argument picks the process to be; everything else is the command line tool.
return args switch
{
    ["worker", ..] => WorkerProcess.Run(args.AsSpan(1)),
    ["keeper", ..] => KeeperProcess.Run(args),
    ["daemon", ..] => DaemonProcess.Run(args),
    ["open-tap", ..] => OpenTapProcess.Run(args.AsSpan(1)),
    _ => RunCommandLine(args),
};

static int RunCommandLine(string[] args)
{
    StandardOutput.Use();
    return Cli.Run(args, ProcessReplacement.Run, () => [.. DropReasons.All.Select(r => new Explanation(r.Name, r.Text, r.Cause, r.Try))]);
}
