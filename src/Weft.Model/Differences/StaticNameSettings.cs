using Weft.Model.Files;

namespace Weft.Model.Differences;

/// <summary>The static names of a network, as its file says them.</summary>
internal static class StaticNameSettings
{
    public const string Key = "names";

    /// <summary>A mapping on one line; null: there are none.</summary>
    public static string? Of(Items<StaticName> names) =>
        names.Count == 0 ? null : $"{{ {string.Join(", ", names.Select(n => $"{YamlWord.Of(n.Name)}: {Addresses(n)}"))} }}";

    /// <summary>One address alone, or a list.</summary>
    public static string Addresses(StaticName name) =>
        name.Addresses.Count == 1 ? name.Addresses[0].ToString() : $"[{string.Join(", ", name.Addresses)}]";

    /// <summary>Of a network that changes, name by name in place of all of them.</summary>
    public static Difference Divide(Difference difference, Topology from, Topology to)
    {
        if (difference.Action != Difference.Change || !difference.Settings.Any(s => s.Name == Key))
        {
            return difference;
        }
        Dictionary<string, string> before = ByName(from.FindNetwork(difference.Name)!);
        Dictionary<string, string> after = ByName(to.FindNetwork(difference.Name)!);
        IEnumerable<SettingDifference> names = before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            .Where(name => before.GetValueOrDefault(name) != after.GetValueOrDefault(name))
            .Select(name => new SettingDifference($"{Key}.{name}", before.GetValueOrDefault(name, "none"), after.GetValueOrDefault(name, "none")));
        return difference with { Settings = [.. difference.Settings.SelectMany(s => s.Name == Key ? names : [s])] };
    }

    private static Dictionary<string, string> ByName(Network network) => network.Names.ToDictionary(n => n.Name, Addresses, StringComparer.Ordinal);
}
