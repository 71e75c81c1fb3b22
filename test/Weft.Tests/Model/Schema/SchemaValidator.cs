using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Weft.Tests.Model.Schema;

/// <summary>Enough of JSON schema (draft 2020-12) to check instances against ours; a keyword that it does not know fails the test.</summary>
internal sealed class SchemaValidator(JsonObject root)
{
    private static readonly string[] Annotations = ["$schema", "$id", "$defs", "title", "description"];

    /// <summary>The first fault, with its place; null when the instance is valid.</summary>
    public string? FaultOf(JsonNode? instance) => FaultOf(root, instance, "");

    private string? FaultOf(JsonObject schema, JsonNode? instance, string at)
    {
        foreach ((string keyword, JsonNode? value) in schema.Where(k => !Annotations.Contains(k.Key)))
        {
            if (Check(schema, keyword, value!, instance, at) is { } fault)
            {
                return fault;
            }
        }
        return null;
    }

    private string? Check(JsonObject schema, string keyword, JsonNode value, JsonNode? instance, string at) => keyword switch
    {
        "$ref" => FaultOf(Resolve(value.GetValue<string>()), instance, at),
        "type" => Unless(Types(value).Any(t => IsOfType(instance, t)), $"{at}: no {value.ToJsonString()}"),
        "enum" => Unless(value.AsArray().Any(v => JsonNode.DeepEquals(v, instance)), $"{at}: none of {value.ToJsonString()}"),
        "const" => Unless(JsonNode.DeepEquals(value, instance), $"{at}: not {value}"),
        "not" => Unless(FaultOf(value.AsObject(), instance, at) is not null, $"{at}: just what it may not be"),
        "anyOf" => Unless(value.AsArray().Any(s => FaultOf(s!.AsObject(), instance, at) is null), $"{at}: nothing that fits {instance?.ToJsonString()}"),
        "pattern" => Unless(instance is not JsonValue text || !IsOfType(instance, "string") ||
            Regex.IsMatch(text.GetValue<string>(), value.GetValue<string>()), $"{at}: '{instance}' is not like {value}"),
        "minimum" => Unless(!IsOfType(instance, "integer") || instance!.GetValue<long>() >= value.GetValue<long>(), $"{at}: {instance} < {value}"),
        "maximum" => Unless(!IsOfType(instance, "integer") || instance!.GetValue<long>() <= value.GetValue<long>(), $"{at}: {instance} > {value}"),
        "maxItems" => Unless(instance is not JsonArray list || list.Count <= value.GetValue<int>(), $"{at}: too many"),
        "minItems" => Unless(instance is not JsonArray few || few.Count >= value.GetValue<int>(), $"{at}: too few"),
        "items" => (instance as JsonArray)?.Select((item, i) => FaultOf(value.AsObject(), item, $"{at}[{i}]")).FirstOrDefault(f => f is not null),
        "required" => Unless(instance is not JsonObject mapping || value.AsArray().All(k => mapping.ContainsKey(k!.GetValue<string>())),
            $"{at}: lacks one of {value.ToJsonString()}"),
        "dependentRequired" => Unless(instance is not JsonObject keys || value.AsObject().All(d => !keys.ContainsKey(d.Key) ||
            d.Value!.AsArray().All(k => keys.ContainsKey(k!.GetValue<string>()))), $"{at}: one without the other"),
        "propertyNames" => (instance as JsonObject)?.Select(p => FaultOf(value.AsObject(), JsonValue.Create(p.Key), $"{at}.{p.Key}")).FirstOrDefault(f => f is not null),
        "properties" => (instance as JsonObject)?.Where(p => value.AsObject().ContainsKey(p.Key))
            .Select(p => FaultOf(value[p.Key]!.AsObject(), p.Value, $"{at}.{p.Key}")).FirstOrDefault(f => f is not null),
        "additionalProperties" => (instance as JsonObject)?.Where(p => schema["properties"]?.AsObject().ContainsKey(p.Key) != true)
            .Select(p => value is JsonObject other ? FaultOf(other, p.Value, $"{at}.{p.Key}") : $"{at}.{p.Key}: unknown").FirstOrDefault(f => f is not null),
        _ => throw new NotSupportedException($"keyword {keyword}"),
    };

    private JsonObject Resolve(string reference) => reference["#/".Length..].Split('/').Aggregate((JsonNode)root, (node, key) => node[key]!).AsObject();

    private static IEnumerable<string> Types(JsonNode type) => type is JsonArray list ? list.Select(t => t!.GetValue<string>()) : [type.GetValue<string>()];

    private static bool IsOfType(JsonNode? instance, string type) => (type, instance) switch
    {
        ("null", null) or ("object", JsonObject) or ("array", JsonArray) => true,
        ("string", JsonValue text) => text.TryGetValue(out string? _),
        ("integer", JsonValue number) => number.TryGetValue(out long _),
        ("boolean", JsonValue boolean) => boolean.TryGetValue(out bool _),
        _ => false,
    };

    private static string? Unless(bool good, string fault) => good ? null : fault;
}
