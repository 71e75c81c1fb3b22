using System.Text.Json.Serialization;

namespace Weft.Model.Api;

/// <summary>Documents that go as one line each.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(EventDocument))]
[JsonSerializable(typeof(CaptureDocument))]
public sealed partial class ApiJsonLines : JsonSerializerContext;
