namespace Weft.Cli.Watching;

/// <param name="Stamp">As it stands in the log: sorts as text.</param>
/// <param name="Log">Whose line it is.</param>
public sealed record LogLine(string Stamp, string Log, string Text)
{
    public override string ToString() => $"{Stamp,-24} {Log,-6} {Text}";
}
