using System.Text;
using System.Text.Json;
using Weft.Model.Files;

namespace Weft.Cli.Output;

/// <summary>
/// A JSON document as YAML in block style. A string stands plain only where YAML 1.1 and 1.2 both read it as that string;
/// otherwise it keeps its JSON form, which is YAML too.
/// </summary>
internal static class YamlWriter
{
    public static string Write(JsonElement element)
    {
        StringBuilder text = new();
        Append(text, element, 0, lineBegun: true);
        return text.ToString();
    }

    /// <param name="lineBegun">The indent is there already: behind "- ", or at the very start.</param>
    private static void Append(StringBuilder text, JsonElement element, int indent, bool lineBegun)
    {
        if (element.ValueKind == JsonValueKind.Object && element.EnumerateObject().Any())
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                text.Append(' ', lineBegun ? 0 : indent).Append(Plain(property.Name, property.Name)).Append(':');
                AppendBelow(text, property.Value, indent);
                lineBegun = false;
            }
        }
        else if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                text.Append(' ', lineBegun ? 0 : indent).Append("- ");
                Append(text, item, indent + 2, lineBegun: true);
                lineBegun = false;
            }
        }
        else
        {
            text.Append(Scalar(element)).Append('\n');
        }
    }

    private static void AppendBelow(StringBuilder text, JsonElement value, int indent)
    {
        bool nested = (value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Any()) ||
            (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0);
        text.Append(nested ? '\n' : ' ');
        Append(text, value, indent + 2, lineBegun: !nested);
    }

    private static string Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Plain(value.GetString()!, value.GetRawText()),
        JsonValueKind.Object => "{}",
        JsonValueKind.Array => "[]",
        _ => value.GetRawText(),
    };

    private static string Plain(string text, string quoted) => YamlWord.IsPlain(text) ? text : text == quoted ? JsonText(text) : quoted;

    private static string JsonText(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
