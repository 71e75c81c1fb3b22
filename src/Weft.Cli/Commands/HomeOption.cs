using System.CommandLine;
using Weft.Model;

namespace Weft.Cli.Commands;

/// <summary>Which Weft a command is about.</summary>
internal static class HomeOption
{
    public const string Name = "--home";

    public static readonly Option<string?> Value = new(Name)
    {
        Description = "Folder of the Weft to talk to (default: $WEFT_HOME, else ~/.local/state/weft)",
        HelpName = "DIR",
        Recursive = true,
    };

    public static HomeFolder Of(ParseResult parsed)
    {
        HomeFolder home = HomeFolder.Find(parsed.GetValue(Value));
        home.RequireShortPaths();
        return home;
    }
}
