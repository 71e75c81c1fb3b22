using System.CommandLine;

namespace Weft.Cli.Commands;

/// <summary><c>-o json</c>: the API's own document instead of text for people.</summary>
internal static class OutputOption
{
    /// <param name="more">Forms that this command has beside text and json.</param>
    public static Option<string> Create(params string[] more)
    {
        string[] forms = ["text", .. more, "json"];
        Option<string> option = new("-o", "--output") { Description = "Form of the output", HelpName = string.Join('|', forms),
            DefaultValueFactory = _ => "text" };
        option.AcceptOnlyFromAmong(forms);
        return option;
    }
}
