namespace Weft.Model.Errors;

/// <summary>What went wrong, why, and a command that leads out: the three lines that a person sees and the body that the API sends.</summary>
public sealed record WeftError(string Code, string Message, string Cause, string Try)
{
    /// <summary>Counted from 1; 0 when the mistake is in no file.</summary>
    public int Line { get; init; }

    public int Column { get; init; }
}
