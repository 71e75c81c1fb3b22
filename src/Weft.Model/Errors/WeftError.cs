using System.Text.Json.Serialization;

namespace Weft.Model.Errors;

/// <summary>What went wrong, why, and a command that leads out: the three lines that a person sees and the body that the API
/// sends.</summary>
public sealed record WeftError(string Code, string Message, string Cause, string Try)
{
    /// <summary>Counted from 1; 0 when the mistake is in no file.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Line { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Column { get; init; }

    /// <summary>The same for somebody who ran a command with <paramref name="file"/>: what a changed file mends is mended there.</summary>
    public WeftError ForFile(string? file, string verb = "up") => file is null ? this : Code switch
    {
        ErrorCode.PortInUse or ErrorCode.PortNotAllowed or ErrorCode.AddressNotHere or ErrorCode.SubnetCollides or ErrorCode.NoFreeSubnet or
            ErrorCode.BadSocket => this with { Try = EditAnd(file, Line, verb) },
        ErrorCode.TapFailed when !Try.EndsWith("weft up", StringComparison.Ordinal) => this with { Try = EditAnd(file, Line, verb) },
        _ when Try.EndsWith("weft up", StringComparison.Ordinal) => this with { Try = $"{Try} {ShellWord.Of(file)}" },
        _ => this,
    };

    /// <summary>Opens the file, at the line when there is one, and tries again.</summary>
    public static string EditAndUp(string file, int line) => EditAnd(file, line, "up");

    /// <summary>Opens the file and runs another command on it.</summary>
    public static string EditAnd(string file, int line, string verb)
    {
        string word = ShellWord.Of(file);
        return $"${{EDITOR:-vi}} {(line > 0 ? $"+{line} " : "")}{word} && weft {verb} {word}";
    }
}
