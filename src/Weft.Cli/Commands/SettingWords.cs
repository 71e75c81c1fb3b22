using System.Text.Json.Nodes;
using Weft.Cli.Output;
using Weft.Model.Errors;

namespace Weft.Cli.Commands;

/// <summary>KEY=VALUE words as the JSON that files have for them: a dot leads into a nested key, an empty value takes a key away.
/// Values go as text; who knows the key knows what it means.</summary>
internal sealed class SettingWords(string tryLine)
{
    private readonly JsonObject _settings = [];

    public string Json => _settings.ToJsonString();

    public SettingWords Add(IEnumerable<string> words)
    {
        foreach (string word in words)
        {
            int at = word.IndexOf('=');
            if (at <= 0)
            {
                throw Refuse($"'{word}' is no setting", "a setting is KEY=VALUE with the keys of a topology file, like mtu=9000");
            }
            Set(word[..at], word[(at + 1)..]);
        }
        return this;
    }

    /// <summary>Does nothing without a value.</summary>
    public SettingWords Add(string key, string? value)
    {
        if (value is not null)
        {
            Set(key, value);
        }
        return this;
    }

    public SettingWords AddList(string key, IEnumerable<string> values)
    {
        _settings[key] = new JsonArray([.. values.Select(v => (JsonNode)JsonValue.Create(v))]);
        return this;
    }

    private void Set(string key, string value)
    {
        string[] path = key.Split('.');
        JsonObject at = _settings;
        foreach (string step in path[..^1])
        {
            if (at[step] is not (null or JsonObject))
            {
                throw Refuse($"'{step}' cannot be '{at[step]}' and hold '{key}'", "a key has a value or keys below it");
            }
            at = (JsonObject)(at[step] ??= new JsonObject());
        }
        if (at.ContainsKey(path[^1]))
        {
            throw Refuse($"'{key}' is set twice", "every key stands once");
        }
        at[path[^1]] = value.Length == 0 ? null : JsonValue.Create(value);
    }

    private CommandException Refuse(string what, string why) => new(new WeftError(ErrorCode.Usage, what, why, tryLine), ExitCode.Usage);
}
