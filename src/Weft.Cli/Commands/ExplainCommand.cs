using System.CommandLine;
using Weft.Cli.Output;
using Weft.Model.Errors;
using Weft.Model.Files;

namespace Weft.Cli.Commands;

/// <summary><c>weft explain CODE|REASON</c>: an error code or a drop reason in words. Needs no running Weft.</summary>
internal static class ExplainCommand
{
    public static Command Create(Func<IReadOnlyList<Explanation>> reasons)
    {
        Argument<string> name = new("CODE") { Description = "An error code like W2003, or a drop reason like port-full" };
        Command command = new("explain", "Explain an error code or a drop reason") { name };
        command.SetAction(parsed => Run([.. ErrorTexts.All, .. reasons()], parsed.GetValue(name)!));
        return command;
    }

    private static int Run(Explanation[] all, string name)
    {
        if (Array.Find(all, row => row.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } found)
        {
            string near = Spelling.Nearest(name, all.Select(row => row.Name)) ?? ErrorCode.PortInUse;
            throw new CommandException(new WeftError(ErrorCode.Usage, $"'{name}' is neither an error code nor a drop reason",
                "codes begin with W1, W2 or W3; 'weft status -o json' names the reasons of drops", $"weft explain {near}"), ExitCode.NotFound);
        }
        Console.WriteLine($"{found.Name}: {found.Text}");
        Console.WriteLine($"why: {found.Cause}");
        if (found.Example.Length > 0)
        {
            Console.WriteLine($"example: {found.Example}");
        }
        Console.WriteLine($"try: {found.Try}");
        return ExitCode.Ok;
    }
}
