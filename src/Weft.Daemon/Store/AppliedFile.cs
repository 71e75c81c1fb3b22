namespace Weft.Daemon.Store;

/// <summary>A topology file as its owner wrote it.</summary>
internal sealed record AppliedFile(string Name, string Text);
