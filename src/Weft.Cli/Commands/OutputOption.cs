using System.CommandLine;

namespace Weft.Cli.Commands;

/// <summary><c>-o json</c>: the API's own document instead of text for people.</summary>
internal static class OutputOption
{
    public static Option<string> Create()
    {
        Option<string> option = new("-o", "--output") { Description = "Form of the output", HelpName = "text|json",
            DefaultValueFactory = _ => "text" };
        option.AcceptOnlyFromAmong("text", "json");
        return option;
    }
}
