namespace Weft.Cli.Drawing;

/// <param name="Gateway">Its address when the network leads to the outside; null: it does not.</param>
/// <param name="Forwards">Ports of the host that lead in, as text.</param>
public sealed record GraphNetwork(int Number, string Name, string Mode, string? Subnet, string? Gateway, string[] Forwards);
