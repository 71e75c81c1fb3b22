using System.CommandLine;
using Weft.Cli.Output;
using Weft.Model;

namespace Weft.Cli.Commands;

/// <summary><c>--dns ADDR:PORT</c> of <c>up</c>: where weftd answers the host's questions for names. It stays until it is named again.</summary>
internal static class DnsOption
{
    public static Option<string?> Create() => new("--dns")
    {
        HelpName = "ADDR:PORT",
        Description = $"Answer the host's DNS questions for names of guests there, like {NameServerPlace.Example}; 'off' ends it (default: as before)",
    };

    /// <summary>What cannot be is refused before anything is started for it.</summary>
    public static string? Of(ParseResult parsed, Option<string?> option)
    {
        string? text = parsed.GetValue(option);
        return text is null or NameServerPlace.Off || NameServerPlace.TryParse(text, out _, out string cause) ? text
            : throw new CommandException(NameServerPlace.Refused(text, cause), ExitCode.Usage);
    }
}
