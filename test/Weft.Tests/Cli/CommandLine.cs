using Weft.Cli.Guests;
using Weft.Model.Errors;

namespace Weft.Tests.Cli;

/// <summary>Runs the command line in this process. The console is one: tests that use it stand in one collection.</summary>
internal static class CommandLine
{
    public static (int Code, string Output, string Error) Run(params string[] args) =>
        Run((path, _) => throw new InvalidOperationException($"{path} was not to be run"), args);

    /// <param name="start">What takes the place of this process.</param>
    public static (int Code, string Output, string Error) Run(ProgramStart start, params string[] args) => Run(start, [], args);

    /// <param name="reasons">Drop reasons that <c>explain</c> knows.</param>
    public static (int Code, string Output, string Error) Run(ProgramStart start, Explanation[] reasons, params string[] args)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        (TextWriter oldOutput, TextWriter oldError) = (Console.Out, Console.Error);
        Console.SetOut(output);
        Console.SetError(error);
        try
        {
            return (global::Weft.Cli.Cli.Run(args, start, () => reasons), output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(oldOutput);
            Console.SetError(oldError);
        }
    }
}
