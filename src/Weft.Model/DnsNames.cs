namespace Weft.Model;

/// <summary>Names that DNS answers (RFC 1123 §2.1): a label, or labels with dots between them; in lower case.</summary>
public static class DnsNames
{
    /// <summary>Every label of a network is answered below it, too.</summary>
    public const string Zone = "weft.internal";

    public const string Rule = "a name is 1 to 63 of a-z, 0-9 and inner '-', or several such with dots between them";

    private const int MaxLabel = 63;
    private const int MaxLength = 253;

    /// <summary>What every router answers with its own addresses.</summary>
    public static Items<string> OfRouter { get; } = ["gateway", "host", "dns"];

    public static bool IsLabel(string text) => text.Length is > 0 and <= MaxLabel && text[0] != '-' && text[^1] != '-' &&
        text.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '-');

    /// <summary>Why <paramref name="name"/> cannot be a static name; null when it can.</summary>
    public static string? FaultOf(string name)
    {
        string[] labels = name.Split('.');
        return name.Length > MaxLength ? $"a name has at most {MaxLength} characters"
            : !labels.All(IsLabel) ? Rule
            : labels[^1].All(char.IsAsciiDigit) ? "a name that ends in a number is taken for an address"
            : IsBelow(name, Zone) ? $"names below {Zone} are written without it: 'printer' is answered as 'printer.{Zone}', too"
            : IsBelow(name, "in-addr.arpa") ? "the names of addresses come by themselves"
            : null;
    }

    private static bool IsBelow(string name, string zone) => name == zone || name.EndsWith($".{zone}", StringComparison.Ordinal);
}
