using Weft.Model.Errors;

namespace Weft.Cli.Output;

/// <summary>The three lines: what, why, and a command that leads out.</summary>
public static class ErrorLines
{
    public static int Write(TextWriter to, WeftError error, int exitCode)
    {
        to.WriteLine($"error {error.Code}: {OneLine(error.Message)}");
        to.WriteLine($"why: {OneLine(error.Cause)}");
        to.WriteLine($"try: {OneLine(error.Try)}");
        return exitCode;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
