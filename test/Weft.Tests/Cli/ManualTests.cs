using System.CommandLine;
using System.Diagnostics;
using Weft.Cli;
using Weft.Cli.Manual;

namespace Weft.Tests.Cli;

public sealed class ManualTests
{
    private static readonly (string Name, string Text)[] Pages = [.. ManualPages.All(CommandTree.Create(), "1.2.3")];

    [Fact]
    public void Every_command_argument_and_option_has_its_words()
    {
        foreach (Command command in All(CommandTree.Create()).Where(c => c is not RootCommand))
        {
            Assert.False(string.IsNullOrEmpty(command.Description), command.Name);
            Assert.All(command.Arguments.Where(_ => !command.Hidden), a => Assert.False(string.IsNullOrEmpty(a.Description), $"{command.Name} {a.Name}"));
            Assert.All(command.Options, o => Assert.False(string.IsNullOrEmpty(o.Description), $"{command.Name} {o.Name}"));
        }
    }

    [Fact]
    public void Every_command_is_in_the_page_of_its_first_word()
    {
        string all = string.Concat(Pages.Select(p => p.Text));
        foreach (Command command in All(CommandTree.Create()).Where(c => c is not RootCommand && !c.Hidden && c.Subcommands.Count == 0))
        {
            string path = command.Name;
            for (Symbol? at = command.Parents.First(); at is not RootCommand; at = at.Parents.First())
            {
                path = $"{at.Name} {path}";
            }
            Assert.Contains($".SS \"weft {path.Replace("-", "\\-")}\"", all);
        }
        Assert.Contains(".B \"\\-\\-if\\-missing\"", Assert.Single(Pages, p => p.Name == "weft-net.1").Text);
    }

    /// <summary>groff where there is one: it warns of every macro and escape that it does not know.</summary>
    [Fact]
    public void Groff_has_nothing_to_say()
    {
        if (!File.Exists("/usr/bin/groff"))
        {
            return;
        }
        foreach ((string name, string text) in Pages)
        {
            using Process groff = Process.Start(new ProcessStartInfo("groff", ["-man", "-ww", "-Kutf8", "-Tutf8", "-z"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
            groff.StandardInput.Write(text);
            groff.StandardInput.Close();
            string warnings = groff.StandardError.ReadToEnd();
            groff.WaitForExit();
            Assert.True(warnings.Length == 0, $"{name}: {warnings}");
        }
    }

    [Fact]
    public void What_roff_would_take_for_a_macro_is_text() =>
        Assert.Equal("\\&.weft\n\\&'x\\e\\-\n", new Roff().Text(".weft").Text("'x\\-").ToString());

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);
}
