using System.CommandLine;
using Weft.Cli.Output;

namespace Weft.Cli.Commands;

/// <summary><c>-o table|wide|json|yaml|name</c> of every <c>ls</c> and <c>show</c>.</summary>
internal static class FormOption
{
    private static readonly string[] Forms = ["table", "wide", "json", "yaml", "name"];

    public static Option<string> Create()
    {
        Option<string> option = new("-o", "--output")
        {
            Description = "Form of the output",
            HelpName = string.Join('|', Forms),
            DefaultValueFactory = _ => Forms[0],
        };
        option.AcceptOnlyFromAmong(Forms);
        return option;
    }

    public static OutputForm Of(ParseResult parsed, Option<string> option) => (OutputForm)Array.IndexOf(Forms, parsed.GetValue(option));
}
