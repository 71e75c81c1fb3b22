using System.CommandLine;
using System.Reflection;
using Weft.Cli.Output;

namespace Weft.Cli.Commands;

/// <summary><c>weft version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        Command command = new("version", "Print the version");
        command.SetAction(_ =>
        {
            Version version = Assembly.GetExecutingAssembly().GetName().Version!;
            Console.WriteLine($"weft {version.Major}.{version.Minor}.{version.Build}");
            return ExitCode.Ok;
        });
        return command;
    }
}
