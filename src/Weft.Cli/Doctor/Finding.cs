using System.Text.Json.Serialization;

namespace Weft.Cli.Doctor;

/// <summary>What one check found.</summary>
/// <param name="Subject">What was looked at: "kernel", "home".</param>
/// <param name="State">"ok"; "warn": works, but not as well as it could; "fail": something will not work; "hint": worth knowing.</param>
/// <param name="Try">The line that mends it; null where there is nothing to mend.</param>
internal sealed record Finding(string Subject, string State, string Text, string? Try)
{
    public const string Ok = "ok";
    public const string Warn = "warn";
    public const string Fail = "fail";
    public const string Hint = "hint";

    [JsonIgnore]
    public bool Fails => State == Fail;

    public static Finding Good(string subject, string text) => new(subject, Ok, text, null);

    public static Finding Bad(string subject, string text, string mend) => new(subject, Fail, text, mend);

    public static Finding Poor(string subject, string text, string mend) => new(subject, Warn, text, mend);

    public static Finding Known(string subject, string text) => new(subject, Hint, text, null);
}
