using System.CommandLine;
using Weft.Cli.Output;
using Weft.Model.Files;

namespace Weft.Cli.Commands;

/// <summary><c>weft schema</c>: the JSON schema of topology files, for editors that check and complete while one types.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        Command command = new("schema", "Print the JSON schema of topology files");
        command.SetAction(_ =>
        {
            Console.Out.Write(TopologySchema.Text);
            return ExitCode.Ok;
        });
        return command;
    }
}
