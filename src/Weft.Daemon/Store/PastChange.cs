using System.Text.Json.Serialization;

namespace Weft.Daemon.Store;

/// <summary>One change that was made, and the way back.</summary>
/// <param name="Why">The command that made it: "forward add 8080:alpha:80/tcp".</param>
/// <param name="Before">The objects that it changed as they were before; null for one that did not exist.</param>
internal sealed record PastChange(DateTimeOffset Time, string Why, IReadOnlyDictionary<string, string?> Before)
{
    [JsonIgnore]
    public long Number { get; init; }
}
