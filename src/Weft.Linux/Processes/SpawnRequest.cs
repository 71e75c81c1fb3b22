namespace Weft.Linux.Processes;

/// <summary>What <see cref="ProcessSpawn"/> starts: an absolute path, arguments (the first is the program's name), the whole environment.</summary>
public sealed record SpawnRequest(string Path, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment)
{
    /// <summary>A session of its own: no terminal, no signals meant for the parent's group.</summary>
    public bool NewSession { get; init; }

    /// <summary>File that standard output and error are appended to; null = /dev/null.</summary>
    public string? LogPath { get; init; }

    /// <summary>Descriptor that standard error goes to instead; −1 = none.</summary>
    public int ErrorDescriptor { get; init; } = -1;

    /// <summary>Descriptors of ours that the child gets, as descriptor 3, 4 … in this order. All others are closed on exec.</summary>
    public IReadOnlyList<int> Descriptors { get; init; } = [];

    /// <summary>This process's environment, "NAME=value", with some names changed (null value = removed).</summary>
    public static IReadOnlyList<string> EnvironmentWith(params ReadOnlySpan<(string Name, string? Value)> changes)
    {
        Dictionary<string, string> all = [];
        foreach (System.Collections.DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
        {
            all[(string)entry.Key] = (string?)entry.Value ?? "";
        }
        foreach ((string name, string? value) in changes)
        {
            if (value is null)
            {
                all.Remove(name);
            }
            else
            {
                all[name] = value;
            }
        }
        return [.. all.Select(pair => $"{pair.Key}={pair.Value}")];
    }
}
