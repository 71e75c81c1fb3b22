namespace Weft.Linux.Processes;

/// <summary>How a process ended: by a signal of that number, or with an exit code.</summary>
public readonly record struct ProcessEnd(bool BySignal, int Number)
{
    public override string ToString() => BySignal ? $"signal {Number}" : $"exit code {Number}";
}
