using System.CommandLine;
using System.Diagnostics;
using Weft.Cli;
using Weft.Cli.Completion;
using Weft.Model;
using Weft.Tests.Daemon;

namespace Weft.Tests.Cli;

public sealed class CompletionTests : IDisposable
{
    private readonly TestDaemon _daemon = new();

    public CompletionTests() => _daemon.Up("networks: { lab: { mode: nat-network, names: { printer: 10.0.0.9, api.example.test: 10.0.0.7 } }, quiet: internal }\nvms: { alpha: [lab, quiet], beta: [lab] }\nforwards: [8080:alpha:80]\n");

    public void Dispose() => _daemon.Dispose();

    [Theory]
    [InlineData("ne", "net")]
    [InlineData("net ", "create ls rm set show start stop")]
    [InlineData("net show ", "lab quiet")]
    [InlineData("net show l", "lab")]
    [InlineData("net show lab ", "")]
    [InlineData("net rm --force ", "lab quiet")]
    [InlineData("net ls -o ", "json name table wide yaml")]
    [InlineData("net ls --out", "--output")]
    [InlineData("net create x --mode ", "internal nat nat-network")]
    [InlineData("net create x --fo", "--force")]
    [InlineData("nic plug alpha", "alpha:1 alpha:2")]
    [InlineData("nic attach ", "alpha:1 alpha:2 beta:1")]
    [InlineData("nic attach alpha:2 ", "lab none quiet")]
    [InlineData("nic add ", "alpha beta")]
    [InlineData("vm create x --nic ", "lab none quiet")]
    [InlineData("vm create x --nic lab --nic q", "quiet")]
    [InlineData("vm args ", "alpha beta")]
    [InlineData("forward rm ", "127.0.0.1:8080/tcp")]
    [InlineData("forward add ", "alpha: beta:")]
    [InlineData("leases ", "lab quiet")]
    [InlineData("dns ", "ls rm set")]
    [InlineData("dns set ", "lab quiet")]
    [InlineData("dns rm lab ", "api.example.test printer")]
    [InlineData("dns ls ", "lab quiet")]
    [InlineData("resolve ", "api.example.test gateway host printer")]
    [InlineData("resolve alpha --network ", "lab quiet")]
    [InlineData("completion ", "bash fish zsh")]
    [InlineData("nonsense and more ", null)]
    public void A_word_is_completed_by_the_tree_and_by_what_runs(string line, string? expected)
    {
        string[] found = [.. Completions.Of(["--home", _daemon.Home.Path, .. line.Split(' ')])];

        if (expected is not null)
        {
            Assert.Equal(expected, string.Join(' ', found));
        }
    }

    [Fact]
    public void Nobody_there_is_no_names_and_nothing_is_started()
    {
        string home = Path.Combine(_daemon.Home.Path, "other");

        Assert.Empty(Completions.Of(["--home", home, "net", "show", ""]));
        Assert.Empty(Completions.Of(["--home", home + new string('x', 120), "net", "show", ""]));
        Assert.False(Directory.Exists(home));
    }

    [Fact]
    public void Hidden_commands_are_not_offered() => Assert.DoesNotContain("complete", Completions.Of([""]));

    [Fact]
    public void The_script_of_bash_gives_the_words_over_and_mends_the_colons()
    {
        string folder = Directory.CreateTempSubdirectory("weft-bash-").FullName;
        string weft = Path.Combine(folder, "weft");
        File.WriteAllText(weft, "#!/bin/sh\nprintf '%s\\n' \"$*\" >>\"$0.log\"\nprintf 'alpha:1\\nalpha:2\\n'\n");
        File.SetUnixFileMode(weft, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string script = $$"""
            PATH={{folder}}:$PATH
            {{CompletionScripts.For("bash")}}
            COMP_LINE='weft nic plug alpha:'; COMP_POINT=20; _weft; echo "${COMPREPLY[*]}"
            COMP_LINE='weft nic plug '; COMP_POINT=14; _weft; echo "${COMPREPLY[*]}"
            """;
        using Process bash = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true })!;
        string output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();

        Assert.Equal("1 2\nalpha:1 alpha:2\n", output);
        Assert.Equal("complete -- nic plug alpha:\ncomplete -- nic plug \n", File.ReadAllText($"{weft}.log"));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_line_gets_the_command_that_it_begins_with_alone()
    {
        string[] all = [.. CommandTree.Create().Subcommands.Select(c => c.Name)];
        Assert.All(all, name => Assert.Equal([name], Names(name, "x")));
        Assert.Equal(["nic"], Names("--home", "/h", "nic"));
        Assert.All((string[][])[[], ["--help"], ["stats"], ["--home", "status"], ["--home=/h", "nic"], ["-h", "up"]], words => Assert.Equal(all, Names(words)));

        static IEnumerable<string> Names(params string[] words) => CommandTree.CreateFor(words).Subcommands.Select(c => c.Name);
    }

    [Fact]
    public void Every_name_that_a_command_takes_is_completed()
    {
        string[] named = ["NET", "VM:N", "VM"];
        foreach (Command command in All(CommandTree.Create()))
        {
            foreach (Argument argument in command.Arguments.Where(a => named.Contains(a.Name)))
            {
                Assert.True(LiveNames.TryRead(new HomeFolder("/nonexistent"), argument, out _), $"{command.Name} {argument.Name}");
            }
        }
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);
}
