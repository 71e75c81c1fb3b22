using System.Text.Json;
using Weft.Cli.Output;
using YamlDotNet.RepresentationModel;

namespace Weft.Tests.Cli;

/// <summary>Tables and YAML.</summary>
public sealed class OutputTests
{
    private static readonly Column<(string Name, string? Note)>[] Columns =
        [new("NAME", row => row.Name), new("LENGTH", row => $"{row.Name.Length}", Wide: true), new("NOTE", row => row.Note)];

    [Fact]
    public void Columns_are_as_wide_as_they_must_be_and_lines_end_with_text() => Assert.Equal(
        "NAME      NOTE\nalpha     one\nlongname  -\n", TextTable.Render([("alpha", "one"), ("longname", null)], Columns, wide: false, new Ink(false)));

    [Fact]
    public void Wide_shows_more_and_an_empty_list_its_titles() =>
        Assert.Equal("NAME  LENGTH  NOTE\n", TextTable.Render([], Columns, wide: true, new Ink(false)));

    [Fact]
    public void Colour_is_for_titles_only_where_it_is_wanted() =>
        Assert.StartsWith("\x1b[1mNAME  NOTE\x1b[0m\n", TextTable.Render([("a", "b")], Columns, wide: false, new Ink(true)));

    [Theory]
    [InlineData("""{ "a": { "b": [1, { "c": null, "d": [] }, ["x", ["y"]]], "e": {} }, "f": true }""")]
    [InlineData("""["true", "no", "Off", "null", "~", "", " x", "x ", "1e3", "0x1f", "12:30", "22:22", "- a", "# b", "a: b", "a #b", "{", "*x", "&x", "!x", "@", "x\ny", "é", "=", "<<"]""")]
    [InlineData("""{ "y": 1, "on": 2, "127.0.0.1:80/tcp": "52:54:00:00:00:01", "with space": "2026-11-21", "": "10.20.0.0/24" }""")]
    [InlineData("[]")]
    [InlineData("[[[]], [{}]]")]
    public void What_is_written_as_yaml_is_read_back_as_the_same(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        YamlStream stream = [];

        stream.Load(new StringReader(YamlWriter.Write(document.RootElement)));

        AssertSame(document.RootElement, stream.Documents[0].RootNode);
    }

    private static void AssertSame(JsonElement json, YamlNode yaml)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                YamlMappingNode mapping = Assert.IsType<YamlMappingNode>(yaml);
                Assert.Equal(json.EnumerateObject().Select(p => p.Name), mapping.Children.Keys.Select(k => ((YamlScalarNode)k).Value));
                foreach (JsonProperty property in json.EnumerateObject())
                {
                    AssertSame(property.Value, mapping.Children[new YamlScalarNode(property.Name)]);
                }
                break;
            case JsonValueKind.Array:
                YamlSequenceNode sequence = Assert.IsType<YamlSequenceNode>(yaml);
                Assert.Equal(json.GetArrayLength(), sequence.Children.Count);
                Assert.All(json.EnumerateArray().Zip(sequence.Children), pair => AssertSame(pair.First, pair.Second));
                break;
            case JsonValueKind.String:
                Assert.Equal(json.GetString(), ((YamlScalarNode)yaml).Value);
                bool quoted = ((YamlScalarNode)yaml).Style == YamlDotNet.Core.ScalarStyle.DoubleQuoted;
                Assert.True(quoted || char.IsAsciiLetter(json.GetString()![0]), $"{json} stands plain");
                Assert.False(!quoted && json.GetString()!.ToLowerInvariant() is "true" or "no" or "off" or "null", $"{json} is no string any more");
                break;
            default:
                Assert.Equal(json.GetRawText(), ((YamlScalarNode)yaml).Value);
                break;
        }
    }
}
