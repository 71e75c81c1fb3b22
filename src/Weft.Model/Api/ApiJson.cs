using System.Text.Json.Serialization;
using Weft.Model.Errors;

namespace Weft.Model.Api;

/// <summary>How the API's documents look as JSON: generated code, no reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(UpRequest))]
[JsonSerializable(typeof(ChangeReply))]
[JsonSerializable(typeof(DownReply))]
[JsonSerializable(typeof(ForwardRequest))]
[JsonSerializable(typeof(ForwardList))]
[JsonSerializable(typeof(ArgsDocument))]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(PlanDocument))]
[JsonSerializable(typeof(HistoryDocument))]
[JsonSerializable(typeof(ExportDocument))]
[JsonSerializable(typeof(ValidationDocument))]
[JsonSerializable(typeof(CaptureRequest))]
[JsonSerializable(typeof(CaptureDocument))]
[JsonSerializable(typeof(CaptureList))]
[JsonSerializable(typeof(EventList))]
[JsonSerializable(typeof(TopDocument))]
[JsonSerializable(typeof(WhyDocument))]
[JsonSerializable(typeof(WeftError))]
public sealed partial class ApiJson : JsonSerializerContext;
