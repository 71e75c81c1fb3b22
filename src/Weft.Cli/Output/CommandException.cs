using Weft.Model.Errors;

namespace Weft.Cli.Output;

/// <summary>A command ends here, with three lines and this exit code.</summary>
public sealed class CommandException(WeftError error, int exitCode) : Exception(error.Message)
{
    public WeftError Error { get; } = error;

    public int ExitCode { get; } = exitCode;
}
