using System.CommandLine;
using System.Text.RegularExpressions;
using Weft.Cli;
using Weft.Tests.Model;

namespace Weft.Tests.Cli;

/// <summary>What docs/commands.md tells people to type.</summary>
public sealed partial class DocumentedCommandsTests
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs/commands.md"));

    [Fact]
    public void Every_command_that_stands_there_parses()
    {
        string[] lines = [.. Page.Split('\n').Where(l => l.StartsWith("weft ", StringComparison.Ordinal)).Select(l => l.Split('#')[0].Trim())];

        Assert.True(lines.Length > 10);
        Assert.All(lines, line => Assert.Empty(CommandTree.Create().Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]).Errors));
    }

    [Fact]
    public void Every_command_of_networks_vms_nics_and_forwards_stands_there()
    {
        RootCommand root = CommandTree.Create();
        foreach (Command noun in root.Subcommands.Where(c => c.Name is "net" or "nic" or "forward" or "dns"))
        {
            Assert.All(noun.Subcommands.Where(verb => verb.Name is not ("ls" or "show")), verb => Assert.Contains($"weft {noun.Name} {verb.Name} ", Page));
        }
    }

    [Fact]
    public void Every_word_in_quotes_that_begins_with_weft_is_a_command()
    {
        foreach (Match match in Quoted().Matches(Page))
        {
            string[] words = match.Groups[1].Value.Split(' ');
            Command at = CommandTree.Create();
            foreach (string word in words.TakeWhile(w => w.All(char.IsAsciiLetterLower)))
            {
                at = at.Subcommands.Single(c => c.Name == word);
            }
        }
    }

    [GeneratedRegex("`weft ([^`]+)`")]
    private static partial Regex Quoted();
}
