using System.Text.Json.Serialization;

namespace Weft.Daemon.Store;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(AppliedFile))]
[JsonSerializable(typeof(PastChange))]
internal sealed partial class StoreJson : JsonSerializerContext;
