using System.Globalization;
using System.Net;
using Weft.Model.Errors;
using YamlDotNet.RepresentationModel;

namespace Weft.Model.Files;

/// <summary>
/// One mapping of a file, read strictly: a key that nobody knows is a mistake with a suggestion, and so is a value of the
/// wrong shape. Getters give null both when the key is absent and when its value was reported.
/// </summary>
internal sealed class MappingReader
{
    private readonly FileErrors _errors;
    private readonly string _what;
    private readonly string _path;
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);

    /// <param name="what">What the mapping describes, for messages: "network 'lab'".</param>
    /// <param name="path">Where it stands: "networks.lab".</param>
    public MappingReader(FileErrors errors, YamlMappingNode node, string what, string path, string[] keys)
    {
        (_errors, _what, _path) = (errors, what, path);
        foreach ((YamlNode keyNode, YamlNode value) in node.Children)
        {
            string key = YamlText.Show(keyNode);
            if (!keys.Contains(key))
            {
                errors.Add(keyNode, ErrorCode.UnknownKey, $"unknown key '{key}' in {what}",
                    $"{Spelling.Suggest(key, keys)}the keys of {Kind(what)} are {string.Join(", ", keys)}");
                continue;
            }
            _values[key] = value;
            errors.Remember($"{path}.{key}", value);
        }
    }

    public YamlNode? Node(string key) => _values.GetValueOrDefault(key) is { } node && !IsNull(node) ? node : null;

    public bool Has(string key) => Node(key) is not null;

    public string? Text(string key)
    {
        switch (Node(key))
        {
            case null:
                return null;
            case YamlScalarNode { Value: { } text }:
                return text;
            default:
                Report(key, ErrorCode.WrongShape, $"'{key}' of {_what} is not a single value",
                    "a list or a mapping stands where one value belongs");
                return null;
        }
    }

    public bool? Switch(string key) => Word(key, ["true", "on", "yes"], ["false", "off", "no"], "true or false");

    /// <summary>True for allow, false for deny.</summary>
    public bool? Policy(string key) => Word(key, ["allow"], ["deny"], "allow or deny");

    /// <summary>True for client, false for server.</summary>
    public bool? Dials(string key) => Word(key, ["client"], ["server"], "server or client");

    public int? Number(string key, int least, int most)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
        {
            return number;
        }
        Report(key, ErrorCode.BadValue, $"'{text}' is no {key} for {_what}", $"{key} is a number from {least} to {most}");
        return null;
    }

    public IPAddress? Address(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }
        if (AddressText.TryParse(text, out IPAddress address))
        {
            return address;
        }
        Report(key, ErrorCode.BadAddress, $"'{text}' is not an address ({key} of {_what})",
            "an IPv4 address has four parts from 0 to 255, like 10.20.0.15");
        return null;
    }

    public IPNetwork? Subnet(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }
        if (AddressText.TryParseSubnet(text, out IPNetwork subnet, out string cause))
        {
            return subnet;
        }
        Report(key, ErrorCode.BadAddress, $"'{text}' is not a subnet ({key} of {_what})", cause);
        return null;
    }

    public void Report(string key, string code, string message, string cause) => _errors.Add($"{_path}.{key}", code, message, cause);

    public static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: null or "" or "~" or "null" };

    private bool? Word(string key, string[] yes, string[] no, string allowed)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }
        if (yes.Contains(text) || no.Contains(text))
        {
            return yes.Contains(text);
        }
        Report(key, ErrorCode.BadValue, $"'{text}' is no {key} for {_what}",
            $"{Spelling.Suggest(text, [.. yes, .. no])}{key} is {allowed}");
        return null;
    }

    private static string Kind(string what) => what.Split(' ')[0] is var first && first == "the" ? what : $"a {first}";
}
