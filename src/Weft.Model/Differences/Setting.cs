namespace Weft.Model.Differences;

/// <summary>One key of a network or NIC with its value, as a topology file has it.</summary>
/// <param name="Value">YAML that fits on one line; null: nothing is written.</param>
/// <param name="Default">What the key means when it is not written; null: there is nothing then.</param>
public sealed record Setting(string Key, string? Value, string? Default = null)
{
    public bool IsDefault => Value == Default;

    /// <summary>For people: what a value that nobody wrote comes to.</summary>
    public string Text => Value ?? (Key == "subnet" ? "picked" : "none");
}
