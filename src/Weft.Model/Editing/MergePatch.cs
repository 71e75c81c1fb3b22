using System.Text.Json;
using System.Text.Json.Nodes;
using Weft.Model.Errors;

namespace Weft.Model.Editing;

/// <summary>JSON merge patch (RFC 7396): a key with a value sets it, a key with null takes it away, the rest stays.</summary>
internal static class MergePatch
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="WeftException">It is no object.</exception>
    public static JsonObject Parse(string json) => ParseValue(json) as JsonObject ?? throw new WeftException(new WeftError(
        ErrorCode.BadRequest, "the request's body is no JSON object", "a patch names the keys that change: { \"mtu\": 9000 }", "weft status"));

    /// <summary>Any value, read to its last character.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonNode? ParseValue(string json)
    {
        try
        {
            JsonNode? node = JsonNode.Parse(json, documentOptions: Strict);
            ReadAll(node);
            return node;
        }
        catch (InvalidOperationException problem)
        {
            throw new JsonException(problem.Message);
        }
    }

    /// <summary>Changes <paramref name="target"/> and returns it.</summary>
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        foreach ((string key, JsonNode? value) in patch)
        {
            switch (value)
            {
                case null:
                    target.Remove(key);
                    break;
                case JsonObject inner when target[key] is JsonObject below:
                    Apply(below, inner);
                    break;
                case JsonObject inner:
                    target[key] = Apply([], inner);
                    break;
                default:
                    target[key] = value.DeepClone();
                    break;
            }
        }
        return target;
    }

    /// <summary>The parser leaves strings as they stand: "\ud800" is found to be half a character when it is read.</summary>
    private static void ReadAll(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject inner:
                foreach ((_, JsonNode? value) in inner)
                {
                    ReadAll(value);
                }
                break;
            case JsonArray items:
                foreach (JsonNode? item in items)
                {
                    ReadAll(item);
                }
                break;
            default:
                _ = node?.ToString();
                break;
        }
    }
}
