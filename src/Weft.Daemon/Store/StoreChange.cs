namespace Weft.Daemon.Store;

/// <summary>Objects to write, by name ("networks/lab") with their JSON, and objects to remove: all of it or nothing.</summary>
internal sealed record StoreChange(string Why, IReadOnlyDictionary<string, string> Put, IReadOnlyCollection<string> Remove)
{
    public bool IsEmpty => Put.Count == 0 && Remove.Count == 0;

    /// <summary>What leads from one set of objects to another.</summary>
    public static StoreChange Between(string why, IReadOnlyDictionary<string, string> from, IReadOnlyDictionary<string, string> to) => new(
        why,
        to.Where(o => from.GetValueOrDefault(o.Key) != o.Value).ToDictionary(),
        [.. from.Keys.Where(name => !to.ContainsKey(name))]);
}
