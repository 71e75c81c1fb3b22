using System.CommandLine;
using System.Text.RegularExpressions;
using Weft.Cli.Commands;
using Weft.Model;
using Weft.Model.Errors;

namespace Weft.Cli.Output;

/// <summary>Whoever named a home by <c>--home</c> is led out of a mistake in that home, not in the one that stands in the
/// environment.</summary>
internal static partial class SameHome
{
    public static WeftError In(WeftError error, ParseResult parsed) => parsed.GetResult(HomeOption.Value)?.Tokens is [var home]
        ? error with { Try = Weft().Replace(error.Try, _ => $"weft --home {ShellWord.Of(home.Value)}") }
        : error;

    /// <summary>At the begin of each command of the line; one that names a home itself keeps it.</summary>
    [GeneratedRegex("(?<=^|&& |& )weft(?= )")]
    private static partial Regex Weft();
}
