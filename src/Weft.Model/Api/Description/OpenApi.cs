using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Weft.Model.Files;

namespace Weft.Model.Api.Description;

/// <summary>
/// The API as an OpenAPI 3.1 document, made of <see cref="Operations"/>, of the types that are written and read, and of the topology
/// file's schema, whose definitions stand here under "File.".
/// </summary>
public static partial class OpenApi
{
    private const string Schemas = "#/components/schemas/";
    private const string Error = "Error";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Text { get; } = Write().ToJsonString(Indented);

    private static JsonObject Write()
    {
        JsonObject schemas = FileSchemas();
        schemas[Error] = Schema(ApiJson.Default.WeftError, Error);
        JsonObject paths = [];
        foreach (Operation operation in Operations.All)
        {
            JsonObject path = paths[operation.Path]?.AsObject() ?? [];
            paths[operation.Path] = path;
            path[operation.Method.ToLowerInvariant()] = Describe(operation, schemas);
        }
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "Weft", ["version"] = ApiPaths.Version,
                ["description"] = "HTTP on the unix socket run/weftd.sock of a home. Only its owner and root are answered." },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "http://weft" }),
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static JsonObject Describe(Operation operation, JsonObject schemas)
    {
        JsonObject described = new() { ["operationId"] = operation.Id, ["summary"] = operation.Summary };
        JsonNode[] parameters =
        [
            .. PathParameter().Matches(operation.Path).Select(m => Parameter(m.Groups[1].Value, "path", null)),
            .. operation.Query.Select(q => Parameter(q.Name, "query", q.Says)),
        ];
        if (parameters.Length > 0)
        {
            described["parameters"] = new JsonArray(parameters);
        }
        if (BodyOf(operation, schemas) is { } body)
        {
            described["requestBody"] = new JsonObject { ["required"] = true, ["content"] = new JsonObject { [Operation.Json] = new JsonObject { ["schema"] = body } } };
        }
        described["responses"] = new JsonObject
        {
            ["200"] = new JsonObject { ["description"] = "Done", ["content"] = new JsonObject { [operation.ReplyType] = new JsonObject { ["schema"] = ReplyOf(operation, schemas) } } },
            ["default"] = new JsonObject { ["description"] = "Refused: what, why, and a command that helps",
                ["content"] = new JsonObject { [Operation.Json] = new JsonObject { ["schema"] = Reference(Error) } } },
        };
        return described;
    }

    private static JsonObject? BodyOf(Operation operation, JsonObject schemas) => operation switch
    {
        { Body: { } type } => Named(type, schemas),
        { IsPatch: true, FileBody: { } file } => new JsonObject { ["type"] = "object",
            ["description"] = $"Some of the keys of File.{file}; null takes one away (RFC 7396)" },
        { FileBody: { } file } => Reference($"File.{file}"),
        _ => null,
    };

    private static JsonObject ReplyOf(Operation operation, JsonObject schemas) => operation switch
    {
        { Reply: { } type } => Named(type, schemas),
        { Event: { } type } => new JsonObject { ["type"] = "string", ["description"] = "The data of each event is an object of x-event",
            ["x-event"] = Named(type, schemas) },
        { ReplyType: Operation.Json } => new JsonObject { ["type"] = "object" },
        _ => new JsonObject { ["type"] = "string", ["format"] = "binary" },
    };

    private static JsonObject Parameter(string name, string place, string? says)
    {
        JsonObject parameter = new() { ["name"] = name, ["in"] = place, ["schema"] = new JsonObject { ["type"] = "string" } };
        if (says is null)
        {
            parameter["required"] = true;
        }
        else
        {
            parameter["description"] = says;
        }
        return parameter;
    }

    /// <summary>A reference to the type's schema, which is written down once.</summary>
    private static JsonObject Named(JsonTypeInfo type, JsonObject schemas)
    {
        string name = type.Type.IsGenericType ? $"{type.Type.GetGenericArguments()[0].Name}List" : type.Type.Name;
        if (!schemas.ContainsKey(name))
        {
            schemas[name] = Schema(type, name);
        }
        return Reference(name);
    }

    /// <summary>A type that comes twice is, the second time, a reference from the schema's own root: that is elsewhere here.</summary>
    private static JsonNode Schema(JsonTypeInfo type, string name)
    {
        JsonNode schema = type.GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true });
        return JsonNode.Parse(schema.ToJsonString().Replace("\"$ref\":\"#", $"\"$ref\":\"{Schemas}{name}", StringComparison.Ordinal))!;
    }

    private static JsonObject FileSchemas()
    {
        JsonObject file = JsonNode.Parse(TopologySchema.Text.Replace("#/$defs/", $"{Schemas}File.", StringComparison.Ordinal))!.AsObject();
        return new JsonObject(file["$defs"]!.AsObject().Select(d => KeyValuePair.Create($"File.{d.Key}", d.Value?.DeepClone())));
    }

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"{Schemas}{name}" };

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathParameter();
}
