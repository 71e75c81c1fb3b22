using System.Net;
using System.Text.RegularExpressions;

namespace Weft.Cli.Doctor;

/// <summary>
/// Theory. Takes out of a text what says whose it is, each thing replaced by the same token wherever it stands, so that it can
/// still be followed: the last three bytes of MAC addresses, public addresses, names of users, homes and hosts. Private,
/// loopback and link-local addresses stay: they say nothing outside, and networks cannot be understood without them.
/// </summary>
internal sealed partial class Redactor(IEnumerable<string> users, IEnumerable<string> homes, IEnumerable<string> hosts)
{
    private readonly Dictionary<string, string> _tokens = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _counts = [];

    private readonly (string Word, string Kind)[] _words =
    [
        .. homes.Where(IsTelling).Select(w => (w, "home")),
        .. hosts.Where(IsTelling).Select(w => (w, "host")),
        .. users.Where(IsTelling).Select(w => (w, "user")),
    ];

    public string Redact(string text)
    {
        foreach ((string word, string kind) in _words.OrderByDescending(w => w.Word.Length))
        {
            string pattern = $"(?<![A-Za-z0-9_]){Regex.Escape(word)}(?![A-Za-z0-9_])";
            text = Regex.Replace(text, pattern, _ => Token(word, kind), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        }
        text = Mac().Replace(text, m => $"{m.Groups[1].Value}:{Token(m.Value, "mac")}");
        text = V4().Replace(text, m => IPAddress.TryParse(m.Value, out IPAddress? address) && IsPublic(address) ? Token(m.Value, "ip") : m.Value);
        return V6().Replace(text, m => m.Value.Contains("::", StringComparison.Ordinal) || m.Value.Count(c => c == ':') == 7
            ? IPAddress.TryParse(m.Value, out IPAddress? address) && IsPublic(address) ? Token(m.Value, "ip") : m.Value
            : m.Value);
    }

    private static bool IsTelling(string word) => word.Length >= 2 && word is not ("weft" or "root" or "/root" or "/" or "localhost" or "nobody");

    private static bool IsPublic(IPAddress address)
    {
        byte[] b = address.GetAddressBytes();
        return b.Length == 4
            ? !(b[0] is 0 or 10 or 127 or >= 224 || b[0] == 192 && b[1] == 168 || b[0] == 172 && b[1] is >= 16 and < 32 || b[0] == 169 && b[1] == 254 ||
                b[0] == 255)
            : !(address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal || IPAddress.IsLoopback(address) || address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any));
    }

    private string Token(string word, string kind)
    {
        if (!_tokens.TryGetValue(word, out string? token))
        {
            int number = _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
            _tokens[word] = token = $"<{kind}-{number}>";
        }
        return token;
    }

    [GeneratedRegex(@"(?<![0-9A-Fa-f:])([0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}):[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}(?![0-9A-Fa-f:])")]
    private static partial Regex Mac();

    [GeneratedRegex(@"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9])")]
    private static partial Regex V4();

    [GeneratedRegex(@"(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:])")]
    private static partial Regex V6();
}
