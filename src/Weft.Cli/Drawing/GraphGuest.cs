namespace Weft.Cli.Drawing;

public sealed record GraphGuest(string Name, GraphNic[] Nics);
