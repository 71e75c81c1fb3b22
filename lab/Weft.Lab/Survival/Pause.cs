namespace Weft.Lab.Survival;

/// <summary>Time in which a receiver got nothing, as ticks of the system-wide monotonic clock, which all processes share.</summary>
internal readonly record struct Pause(long From, long To)
{
    public override string ToString() => $"pause {From} {To}";

    public static Pause? TryParse(string line) =>
        line.Split(' ') is ["pause", var from, var to] ? new Pause(long.Parse(from), long.Parse(to)) : null;
}
