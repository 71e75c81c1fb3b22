namespace Weft.Cli.Drawing;

/// <param name="Network">Number of its network; −1 for none.</param>
public sealed record GraphNic(string Name, int Network, string? Address, CableState State)
{
    /// <summary>"alpha:1 10.20.0.15 (down)".</summary>
    public string Label => $"{Name}{(Address is null ? "" : $" {Address}")}{(State == CableState.Up ? "" : $" ({StateWord})")}";

    public string StateWord => State.ToString().ToLowerInvariant();
}
