namespace Weft.Daemon.Store;

/// <summary>One line of the journal.</summary>
/// <param name="Done">The change with this number is in the object files; the other fields are empty then.</param>
internal sealed record JournalEntry(long Number, bool Done, DateTimeOffset Time, string? Why, IReadOnlyDictionary<string, string>? Put,
    IReadOnlyCollection<string>? Remove);
