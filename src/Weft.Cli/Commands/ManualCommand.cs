using System.CommandLine;
using Weft.Cli.Manual;
using Weft.Cli.Output;

namespace Weft.Cli.Commands;

/// <summary><c>weft man [DIR]</c>: the manual in man(7), weft(1) on standard output or every page into a folder. For packages.</summary>
internal static class ManualCommand
{
    public static Command Create()
    {
        Argument<string?> folder = new("DIR")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "Folder to write all pages into; default: weft(1) to standard output",
        };
        Command command = new("man", "Write the manual pages") { folder };
        command.Hidden = true;
        command.SetAction(parsed => Run(parsed.GetValue(folder)));
        return command;
    }

    private static int Run(string? folder)
    {
        IEnumerable<(string Name, string Text)> pages = ManualPages.All(CommandTree.Create(), VersionCommand.Text);
        if (folder is null)
        {
            Console.Write(pages.First().Text);
            return ExitCode.Ok;
        }
        Directory.CreateDirectory(folder);
        foreach ((string name, string text) in pages)
        {
            File.WriteAllText(Path.Combine(folder, name), text);
            Console.WriteLine(Path.Combine(folder, name));
        }
        return ExitCode.Ok;
    }
}
