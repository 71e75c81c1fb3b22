using System.Text.Json.Serialization;

namespace Weft.Model.Differences;

/// <summary>One thing that two topologies do not have in common.</summary>
/// <param name="Action">"add", "remove" or "change".</param>
/// <param name="Kind">"network", "vm", "nic" or "forward".</param>
/// <param name="Name">"lab", "alpha", "alpha:1", "8080:alpha:80/tcp".</param>
/// <param name="Settings">Of a change the settings that differ, of something new those that are not the default.</param>
public sealed record Difference(string Action, string Kind, string Name, SettingDifference[] Settings)
{
    public const string Add = "add";
    public const string Remove = "remove";
    public const string Change = "change";

    /// <summary>The change ends what hangs on it: a network's flows, a NIC's connection to its hypervisor.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool MadeAnew { get; init; }

    /// <summary>"~ network lab: mtu 1500 → 9000".</summary>
    public override string ToString() => string.Concat(
        $"{Sign} {(Kind == "nic" ? "NIC" : Kind)} {Name}",
        Settings.Length > 0 ? $": {string.Join<SettingDifference>(", ", Settings)}" : "",
        MadeAnew ? " (made anew)" : "");

    private char Sign => Action switch
    {
        Add => '+',
        Remove => '-',
        _ => '~',
    };
}
