using System.Net;
using Weft.Model;
using Weft.Model.Errors;
using Weft.Model.Files;
using Weft.Tests.Cli;

namespace Weft.Tests.Model;

/// <summary>Files that nobody means well with.</summary>
public sealed partial class TopologyFileTests
{
    [Theory]
    [InlineData("&a [*a]")]
    [InlineData("networks: &n { lab: *n }")]
    [InlineData("networks: { lab: { mode: [nat] } }")]
    [InlineData("vms: { a: { nics: { net: x } } }")]
    [InlineData("vms: { a: [ [x] ] }")]
    [InlineData("forwards: [ { host: 1 } ]")]
    [InlineData("? [a]\n: b")]
    [InlineData("a: b\n---\nc: d")]
    [InlineData("{{{")]
    [InlineData("\0")]
    [InlineData("networks: {}\n\0")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    [InlineData("networks: { lab: { mode: nat, dhcp: { first: 10.0.2.20 } } }")]
    [InlineData("networks: { lab: { mode: nat, source: 1.2 } }")]
    [InlineData("vms: { a: [ { net: nat, vhost-user: [x] } ] }")]
    [InlineData("vms: { a: [ { net: nat, vhost-user: { socket: { x: y } } } ] }")]
    [InlineData("vms: { a: [ { net: nat, vhost-user: \"/a\\0b\" } ] }")]
    public void What_makes_no_sense_is_a_mistake_and_never_an_exception(string text)
    {
        ReadResult result = TopologyFile.Read(text, "f");

        Assert.Null(result.Topology);
        Assert.All(result.Errors, e => TryLine.Checked(e));
        Assert.NotEmpty(result.Errors);
    }

    [Fact]
    public void A_million_brackets_are_refused() =>
        Assert.Equal("W1001", Assert.Single(TopologyFile.Read(new string('[', 1_000_000), "f").Errors).Code);

    [Theory]
    [InlineData("networks: ? {0} : nat")]
    [InlineData("? {0}\n: nat")]
    [InlineData("forwards: [ {0} ]")]
    [InlineData("vms: {{ a: [ {0} ] }}")]
    public void Aliases_that_come_to_too_much_are_refused(string use)
    {
        // A billion laughs: nine lists of nine lists of … nine words.
        string lists = string.Concat(Enumerable.Range(1, 9).Select(i => $"  - &l{i} [{string.Join(", ", Enumerable.Repeat($"*l{i - 1}", 9))}]\n"));
        string text = $"name:\n  - &l0 lol\n{lists}{string.Format(System.Globalization.CultureInfo.InvariantCulture, use, "*l9 ")}\n";
        System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();

        WeftError error = Assert.Single(TopologyFile.Read(text, "f").Errors);

        Assert.Equal(("W1001", "the aliases up to here come to too much"), (error.Code, error.Message.Split(": ")[^1]));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), clock.Elapsed.ToString());
    }

    [Fact]
    public void A_mistake_of_any_length_is_told_in_a_line_to_read()
    {
        string word = new('x', 500_000);

        Assert.All(TopologyFile.Read($"{word}: 1\nnetworks: {{ {word}: nat }}\nforwards: [ {word} ]", "f").Errors,
            e => Assert.InRange(e.Message.Length + e.Cause.Length, 10, 600));
    }

    [Fact]
    public void Damaged_files_never_cause_an_exception()
    {
        string good = File.ReadAllText(Repository.PathOf("examples/modes.weft.yml"));
        Random random = new(20);
        for (int i = 0; i < 2000; i++)
        {
            char[] text = good.ToCharArray();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                text[random.Next(text.Length)] = "{}[]:,-#&*!|>'\"%@\n\t 09az"[random.Next(24)];
            }
            TopologyFile.Read(new string(text, 0, random.Next(text.Length)), "f");
        }
    }
}
