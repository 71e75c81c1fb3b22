using System.CommandLine;
using System.Reflection;
using Weft.Cli.Output;

namespace Weft.Cli.Commands;

/// <summary><c>weft version</c>.</summary>
internal static class VersionCommand
{
    public static string Text =>
        Assembly.GetExecutingAssembly().GetName().Version is { } version ? $"{version.Major}.{version.Minor}.{version.Build}" : "0";

    public static Command Create()
    {
        Command command = new("version", "Print the version");
        command.SetAction(_ =>
        {
            Console.WriteLine($"weft {Text}");
            return ExitCode.Ok;
        });
        return command;
    }
}
