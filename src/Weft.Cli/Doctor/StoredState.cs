using System.Text.Json;
using Weft.Model;

namespace Weft.Cli.Doctor;

/// <summary>What a Weft that does not run has stored, as far as a checkup asks; damaged files are passed over.</summary>
internal static class StoredState
{
    public static IReadOnlyList<(string Name, string Subnet)> Subnets(HomeFolder home) =>
    [
        .. Objects(home, "networks").Select(o => (o.Name, Value(o.Json, "subnet"))).Where(s => s.Item2.Length > 0),
        .. Objects(home, "subnets").Select(o => (Value(o.Json, "network"), Value(o.Json, "subnet"))).Where(s => s.Item2.Length > 0),
    ];

    public static IReadOnlyList<string> Forwards(HomeFolder home) =>
        [.. Objects(home, "forwards").Where(o => o.Json.ValueKind == JsonValueKind.String).Select(o => o.Json.GetString()!)];

    private static IEnumerable<(string Name, JsonElement Json)> Objects(HomeFolder home, string kind)
    {
        string folder = Path.Combine(home.State, kind);
        if (!Directory.Exists(folder))
        {
            yield break;
        }
        foreach (string file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            JsonElement? read = null;
            try
            {
                using JsonDocument document = JsonDocument.Parse(HostReader.Text(file));
                read = document.RootElement.Clone();
            }
            catch (JsonException)
            {
                // A damaged object is weftd's to report.
            }
            if (read is { } json)
            {
                yield return (Path.GetFileNameWithoutExtension(file), json);
            }
        }
    }

    private static string Value(JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()! : "";
}
