using System.Globalization;
using System.Text.Json;

namespace Weft.Daemon.Store;

/// <summary>
/// Theory. The history is a kind of object beside those of the state: history/000000012 holds what change 12 replaced. It is
/// written and removed by the same line of the journal as the change itself, so one is never there without the other.
/// Where things stood before a change is found by walking back from now, change by change. The oldest goes when there are
/// more than <see cref="Most"/>; numbers are never used twice while any change is remembered.
/// </summary>
internal static class History
{
    public const string Kind = "history";
    public const int Most = 100;

    private const string Prefix = $"{Kind}/";

    /// <summary>A change from what is stored to <paramref name="to"/> that is remembered; empty when there is no difference.</summary>
    public static StoreChange Change(string why, IReadOnlyDictionary<string, string> stored, IReadOnlyDictionary<string, string> to,
        DateTimeOffset now)
    {
        StoreChange change = StoreChange.Between(why, State(stored), to);
        if (change.IsEmpty)
        {
            return change;
        }
        string[] names = [.. stored.Keys.Where(IsHistory).Order(StringComparer.Ordinal)];
        long number = names.Length == 0 ? 1 : NumberOf(names[^1]) + 1;
        PastChange past = new(now, why, change.Put.Keys.Concat(change.Remove).ToDictionary(name => name, stored.GetValueOrDefault));
        return change with
        {
            Put = new Dictionary<string, string>(change.Put) { [NameOf(number)] = JsonSerializer.Serialize(past, StoreJson.Default.PastChange) },
            Remove = [.. change.Remove, .. names.Take(Math.Max(0, names.Length + 1 - Most))],
        };
    }

    /// <summary>Newest first. What was damaged by somebody else ends it.</summary>
    public static List<PastChange> Read(IReadOnlyDictionary<string, string> stored)
    {
        List<PastChange> changes = [];
        foreach (string name in stored.Keys.Where(IsHistory).OrderDescending(StringComparer.Ordinal))
        {
            if (TryRead(stored[name], out PastChange? past))
            {
                changes.Add(past! with { Number = NumberOf(name) });
                continue;
            }
            break;
        }
        return changes;
    }

    /// <summary>The state's objects as they were before change <paramref name="number"/>; one more than the last for how they are
    /// now.</summary>
    public static IReadOnlyDictionary<string, string> Before(IReadOnlyDictionary<string, string> stored, long number)
    {
        Dictionary<string, string> objects = State(stored);
        foreach (PastChange past in Read(stored).Where(c => c.Number >= number))
        {
            foreach ((string name, string? content) in past.Before)
            {
                objects.Remove(name);
                if (content is not null)
                {
                    objects[name] = content;
                }
            }
        }
        return objects;
    }

    private static Dictionary<string, string> State(IReadOnlyDictionary<string, string> stored) =>
        stored.Where(o => !IsHistory(o.Key)).ToDictionary(StringComparer.Ordinal);

    private static bool TryRead(string json, out PastChange? past)
    {
        try
        {
            past = JsonSerializer.Deserialize(json, StoreJson.Default.PastChange);
            return past is { Why: not null, Before: not null };
        }
        catch (JsonException)
        {
            past = null;
            return false;
        }
    }

    private static bool IsHistory(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    private static string NameOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:d12}");

    private static long NumberOf(string name) =>
        long.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
