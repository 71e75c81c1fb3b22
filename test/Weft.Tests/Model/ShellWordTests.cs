using System.Diagnostics;
using Weft.Model;
using Weft.Model.Errors;

namespace Weft.Tests.Model;

public sealed class ShellWordTests
{
    private static readonly string[] Odd = ["", " ", "a b", "it's", "'", "''", "$HOME", "`id`", "a;b", "a&b", "*", "~", "#x", "!!", "a\\b", "\"", "(x)", "<y>", "a\tb", "ä", "{a,b}", "x=y"];

    [Theory]
    [InlineData("/home/me/.local/state/weft", "/home/me/.local/state/weft")]
    [InlineData("lab.weft.yml", "lab.weft.yml")]
    [InlineData("127.0.0.1:8080/tcp", "127.0.0.1:8080/tcp")]
    [InlineData("my lab.yml", "'my lab.yml'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("", "''")]
    public void A_word_is_plain_or_in_quotes(string text, string word) => Assert.Equal(word, ShellWord.Of(text));

    /// <summary>The shell itself takes it for what it was.</summary>
    [Fact]
    public void A_shell_reads_what_was_meant()
    {
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"printf '%s\\n' {ShellWord.Line(Odd)}"]) { RedirectStandardOutput = true })!;
        Assert.Equal(string.Concat(Odd.Select(word => word + "\n")), shell.StandardOutput.ReadToEnd());
        shell.WaitForExit();
    }

    [Fact]
    public void Files_in_lines_that_lead_out_are_words()
    {
        WeftError error = new(ErrorCode.UnknownMode, "what", "why", "weft up");

        Assert.Equal("weft up 'my lab.yml'", error.ForFile("my lab.yml").Try);
        Assert.Equal("${EDITOR:-vi} +3 'my lab.yml' && weft apply 'my lab.yml'", WeftError.EditAnd("my lab.yml", 3, "apply"));
    }
}
