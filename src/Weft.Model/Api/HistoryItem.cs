namespace Weft.Model.Api;

/// <summary>One change.</summary>
/// <param name="What">The command that made it: "up lab.weft.yml".</param>
public sealed record HistoryItem(long Number, DateTimeOffset Time, string What);
