using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Weft.Cli.Guests;
using Weft.Cli.Output;
using Weft.Model.Errors;

namespace Weft.Cli;

/// <summary>The command line <c>weft</c>: parses, runs one command, and turns every failure into three lines and an exit code.</summary>
public static class Cli
{
    /// <param name="start">Puts another program in the place of this process, for <c>run</c>.</param>
    /// <param name="reasons">Drop reasons that <c>explain</c> knows.</param>
    public static int Run(string[] args, ProgramStart start, Func<IReadOnlyList<Explanation>>? reasons = null)
    {
        ParseResult parsed = CommandTree.CreateFor(args, start, reasons).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            return ErrorLines.Write(Console.Error, UsageErrors.Of(parsed), ExitCode.Usage);
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (IOException problem) when (StandardOutput.HasNoReader(problem))
        {
            return ExitCode.Ok;
        }
        catch (CommandException problem)
        {
            return ErrorLines.Write(Console.Error, SameHome.In(problem.Error, parsed), problem.ExitCode);
        }
        catch (WeftException problem)
        {
            return ErrorLines.Write(Console.Error, SameHome.In(problem.Error, parsed), ExitCode.Failed);
        }
    }
}
