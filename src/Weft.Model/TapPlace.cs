namespace Weft.Model;

/// <summary>Where a TAP is made.</summary>
/// <param name="Name">Interface name, at most 15 bytes.</param>
/// <param name="Namespace">A name under /run/netns, a path, or a process id; null: the host's own.</param>
public sealed record TapPlace(string Name, string? Namespace)
{
    public const int MaxName = 15;
    public const int MaxNamespace = 255;
}
