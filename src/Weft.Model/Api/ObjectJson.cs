using System.Text.Json.Serialization;

namespace Weft.Model.Api;

/// <summary>How the documents of objects look as JSON: generated code, no reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ObjectList<NetworkObject>), TypeInfoPropertyName = "NetworkList")]
[JsonSerializable(typeof(ObjectList<VmObject>), TypeInfoPropertyName = "VmList")]
[JsonSerializable(typeof(ObjectList<NicObject>), TypeInfoPropertyName = "NicList")]
[JsonSerializable(typeof(ObjectList<LeaseDocument>), TypeInfoPropertyName = "LeaseList")]
[JsonSerializable(typeof(ObjectList<ForwardDocument>), TypeInfoPropertyName = "Forwards")]
[JsonSerializable(typeof(ObjectList<DnsNameDocument>), TypeInfoPropertyName = "DnsNameList")]
[JsonSerializable(typeof(ObjectList<ResolvedDocument>), TypeInfoPropertyName = "ResolvedList")]
[JsonSerializable(typeof(NameDocument))]
public sealed partial class ObjectJson : JsonSerializerContext;
