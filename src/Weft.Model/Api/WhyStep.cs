namespace Weft.Model.Api;

/// <summary>One thing that was looked at on the way.</summary>
/// <param name="State">"ok", "fail", or "note" for what could not be asked without sending something.</param>
public sealed record WhyStep(string State, string Text)
{
    public const string Ok = "ok";
    public const string Fail = "fail";
    public const string Note = "note";
}
