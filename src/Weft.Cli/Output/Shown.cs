using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weft.Model.Api;

namespace Weft.Cli.Output;

/// <summary>Writes what <c>ls</c> and <c>show</c> got from the API, in the form that was asked for.</summary>
internal static class Shown
{
    public static int List<T>(OutputForm form, string json, JsonTypeInfo<ObjectList<T>> type, Func<T, string> name, Column<T>[] columns)
    {
        Console.Write(form switch
        {
            OutputForm.Json => json + "\n",
            OutputForm.Yaml => Yaml(json),
            OutputForm.Name => string.Concat(Items(json, type).Select(item => name(item) + "\n")),
            _ => TextTable.Render(Items(json, type), columns, form == OutputForm.Wide, new Ink(Terminal.HasColor)),
        });
        return ExitCode.Ok;
    }

    public static int One<T>(OutputForm form, string json, JsonTypeInfo<T> type, Func<T, string> name,
        Func<T, (string Key, string? Value)[]> pairs)
    {
        Console.Write(form switch
        {
            OutputForm.Json => json + "\n",
            OutputForm.Yaml => Yaml(json),
            OutputForm.Name => name(Parse(json, type)) + "\n",
            _ => TextTable.Render(pairs(Parse(json, type)), new Ink(Terminal.HasColor)),
        });
        return ExitCode.Ok;
    }

    /// <summary>What a file says of an object as pairs: nested keys with dots, as <c>set</c> takes them.</summary>
    public static IEnumerable<(string Key, string? Value)> Settings(JsonElement spec, string prefix = "")
    {
        foreach (JsonProperty property in spec.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                foreach ((string, string?) inner in Settings(property.Value, $"{prefix}{property.Name}."))
                {
                    yield return inner;
                }
            }
            else if (property.Value.ValueKind == JsonValueKind.Array)
            {
                yield return (prefix + property.Name, string.Join(", ", property.Value.EnumerateArray()));
            }
            else
            {
                bool isText = property.Value.ValueKind == JsonValueKind.String;
                yield return (prefix + property.Name, isText ? property.Value.GetString() : property.Value.GetRawText());
            }
        }
    }

    private static T[] Items<T>(string json, JsonTypeInfo<ObjectList<T>> type) => Parse(json, type).Items;

    private static T Parse<T>(string json, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(json, type)!;

    private static string Yaml(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return YamlWriter.Write(document.RootElement);
    }
}
