using System.CommandLine;
using Weft.Model;
using Weft.Model.Errors;

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

    /// <param name="file">The topology that the command is to bring up.</param>
    public static HomeFolder Of(ParseResult parsed, string? file = null)
    {
        HomeFolder home = HomeFolder.Find(parsed.GetValue(Value));
        try
        {
            home.RequireShortPaths();
        }
        catch (WeftException problem)
        {
            throw new WeftException(problem.Error.ForFile(file));
        }
        return home;
    }
}
