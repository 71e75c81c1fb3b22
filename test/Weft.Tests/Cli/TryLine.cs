using System.Text.RegularExpressions;
using Weft.Cli;
using Weft.Model;
using Weft.Model.Errors;

namespace Weft.Tests.Cli;

/// <summary>Checks that a <c>try:</c> line is a command that works: each part of it a known program, one of them a weft command that
/// parses.</summary>
internal static partial class TryLine
{
    private static readonly string[] KnownPrograms = ["${EDITOR:-vi}", "tail", "df", "ls", "rm", "mv", "mkdir", "ip", "sudo", "unshare", "ss", "echo"];

    public static WeftError Checked(WeftError error)
    {
        Check(error.Try);
        Assert.DoesNotContain('\n', error.Message + error.Cause + error.Try);
        Assert.NotEqual("", error.Message);
        Assert.NotEqual("", error.Cause);
        Assert.Matches("^W[1-3][0-9]{3}$", error.Code);
        return error;
    }

    public static void Check(string line)
    {
        int commands = 0;
        foreach (string part in line.Split([" && ", " & "], StringSplitOptions.None))
        {
            string[] words = [.. Words(part).Where(w => !w.StartsWith('>')).SkipWhile(w => w.StartsWith("WEFT_HOME=", StringComparison.Ordinal))];
            Assert.NotEmpty(words);
            if (words[0] != "weft")
            {
                Assert.Contains(words[0], KnownPrograms);
                continue;
            }
            commands++;
            Assert.True(CommandTree.Create().Parse(words[1..]).Errors.Count == 0, $"'{part}' does not parse");
            if (words is ["weft", "forward", "add", var forward])
            {
                Assert.True(Forward.TryParse(forward, out _, out string cause), $"'{forward}': {cause}");
            }
            if (words is ["weft", "nic", "plug" or "unplug" or "show" or "rm", var nic])
            {
                Assert.True(Names.TryParseNic(nic, out _, out _), nic);
            }
        }
        Assert.True(commands > 0, $"'{line}' names no weft command");
    }

    /// <summary>As a shell takes them, as far as these lines go.</summary>
    private static IEnumerable<string> Words(string line) => Word().Matches(line).Select(word =>
        Part().Replace(word.Value, part => part.Value[0] == '\\' ? part.Value[1..] : part.Value[1..^1]));

    [GeneratedRegex(@"(?:'[^']*'|\\.|[^ '\\])+")]
    private static partial Regex Word();

    [GeneratedRegex(@"'[^']*'|\\.")]
    private static partial Regex Part();
}
