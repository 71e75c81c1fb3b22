using Weft.Cli;
using Weft.Cli.Output;
using Weft.Engine;
using Weft.Model.Errors;

namespace Weft.Tests.Cli;

/// <summary><c>weft explain</c>: needs nothing that runs.</summary>
[Collection(nameof(CommandLineTests))]
public sealed class ExplainTests
{
    [Theory]
    [InlineData("W2003", "W2003: the host port is in use\n")]
    [InlineData("w2003", "W2003: the host port is in use\n")]
    [InlineData("port-full", "port-full: receiver does not keep up\n")]
    public void A_code_or_a_reason_is_put_into_words(string name, string first)
    {
        (int code, string text) = Run(name);

        Assert.Equal(0, code);
        Assert.StartsWith(first, text);
        Assert.Contains("\nwhy: ", text);
        Assert.Contains("\ntry: ", text);
    }

    [Fact]
    public void What_is_neither_is_refused_with_the_nearest()
    {
        CommandException refused = Assert.Throws<CommandException>(() => Parse("prt-full").Invoke(
            new System.CommandLine.InvocationConfiguration { EnableDefaultExceptionHandler = false }));

        Assert.Equal("weft explain port-full", TryLine.Checked(refused.Error).Try);
    }

    private static System.CommandLine.ParseResult Parse(string name) => CommandTree.Create((_, _) => 0,
        () => [.. DropReasons.All.Select(r => new Explanation(r.Name, r.Text, r.Cause, r.Try))]).Parse(["explain", name]);

    private static (int Code, string Text) Run(string name)
    {
        TextWriter before = Console.Out;
        using StringWriter text = new();
        Console.SetOut(text);
        try
        {
            return (Parse(name).Invoke(), text.ToString());
        }
        finally
        {
            Console.SetOut(before);
        }
    }
}
