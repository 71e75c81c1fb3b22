using System.CommandLine;
using Weft.Cli.Capturing;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Captures;
using Weft.Model.Errors;

namespace Weft.Cli.Commands;

/// <summary><c>weft capture POINT… [-w FILE|-]</c>: what passes there, as one pcapng stream with an interface for each point.</summary>
internal static class CaptureCommand
{
    private const long DefaultLimit = 1L << 30;

    public static Command Create()
    {
        Argument<string[]> points = new("POINT") { Arity = ArgumentArity.OneOrMore, Description = "alpha:1 a NIC, alpha a VM, lab a network with its gateway, lab/gateway" };
        Option<string?> file = new("-w", "--write") { HelpName = "FILE", Description = "File to write; - is standard output (the default when that is piped)" };
        Option<bool> drops = new("--drops") { Description = "Dropped frames too, with the reason as the packet's comment" };
        Option<string?> filter = new("--filter", "-f") { HelpName = "FILTER", Description = FilterText.Words };
        Option<long> limit = new("--size-limit") { HelpName = "BYTES", Description = "Ends before the file is larger (default: 1 GiB; 0: never)", DefaultValueFactory = _ => DefaultLimit };
        Option<int> snap = new("--snap", "-s") { HelpName = "BYTES", Description = "Keeps so many bytes of each frame (default: all)" };
        Option<double> seconds = new("--for") { HelpName = "SECONDS", Description = "Ends after so many seconds" };
        Option<long> count = new("--count", "-c") { HelpName = "N", Description = "Ends after so many frames" };
        Command command = new("capture", "Write what passes at NICs and gateways, for Wireshark") { points, file, drops, filter, limit, snap, seconds, count };
        command.SetAction(parsed => CaptureRun.Run(HomeOption.Of(parsed), new CaptureRequest(parsed.GetValue(points)!)
        {
            Drops = parsed.GetValue(drops),
            Filter = Checked(parsed.GetValue(filter), parsed.GetValue(points)!, parsed.GetValue(file)),
            SizeLimit = NotNegative(parsed.GetValue(limit), "--size-limit"),
            SnapLength = NotNegative(parsed.GetValue(snap), "--snap"),
            Seconds = NotNegative(parsed.GetValue(seconds), "--for"),
            Count = NotNegative(parsed.GetValue(count), "--count"),
        }, parsed.GetValue(file)));
        return command;
    }

    private static string? Checked(string? filter, string[] points, string? file)
    {
        try
        {
            FilterText.Read(filter);
            return filter;
        }
        catch (WeftException problem)
        {
            string[] words = ["capture", .. points, "-w", file ?? $"{Names.FileOf(points[0])}.pcapng", "--filter", "tcp and port 80"];
            throw new CommandException(problem.Error with { Try = $"weft {ShellWord.Line(words)}" }, ExitCode.Usage);
        }
    }

    private static T NotNegative<T>(T value, string option)
        where T : System.Numerics.INumber<T> => value >= T.Zero ? value
            : throw new CommandException(new WeftError(ErrorCode.BadValue, $"{option} {value} is less than nothing", "0 is no limit", "weft capture --help"), ExitCode.Usage);
}
