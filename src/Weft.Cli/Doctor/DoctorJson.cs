using System.Text.Json.Serialization;

namespace Weft.Cli.Doctor;

/// <summary>How a checkup looks as JSON: generated code, no reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Checkup))]
internal sealed partial class DoctorJson : JsonSerializerContext;
