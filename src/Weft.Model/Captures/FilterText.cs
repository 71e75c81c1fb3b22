using System.Globalization;
using System.Net;
using Weft.Model.Errors;

namespace Weft.Model.Captures;

/// <summary>
/// Theory. Reads the filter of a capture, a small part of what tcpdump knows under the same words:
///   filter   alternative { or alternative }
///   alternative   factor { and factor }
///   factor   not factor | ( filter ) | question
///   question host A | net P/LEN | port N | ether host MAC | tcp | udp | icmp | arp | ip | ip6
/// The terms come out in postfix order, so that whoever asks frames needs no tree. What cannot be read is refused with its place.
/// </summary>
public sealed class FilterText
{
    public const int MostTerms = 32;
    public const string Words = "host A, net P/LEN, port N, ether host MAC, tcp, udp, icmp, arp, ip, ip6, joined by and, or, not and parentheses";

    private const int DeepestNesting = 16;

    private static readonly Dictionary<string, FilterTerm> Plain = new(StringComparer.Ordinal)
    {
        ["tcp"] = new(FilterTermKind.Protocol, Number: 6),
        ["udp"] = new(FilterTermKind.Protocol, Number: 17),
        ["icmp"] = new(FilterTermKind.Icmp),
        ["arp"] = new(FilterTermKind.Type, Number: 0x0806),
        ["ip"] = new(FilterTermKind.Type, Number: 0x0800),
        ["ip6"] = new(FilterTermKind.Type, Number: 0x86dd),
    };

    private readonly string _text;
    private readonly List<FilterTerm> _terms = [];
    private int _at;
    private int _depth;

    private FilterText(string text)
    {
        _text = text;
    }

    /// <summary>The terms; none for an empty text, which keeps every frame.</summary>
    /// <exception cref="WeftException">The text is no filter.</exception>
    public static Items<FilterTerm> Read(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }
        FilterText filter = new(text);
        filter.ReadAlternatives();
        string rest = filter.Next();
        return rest.Length == 0 ? filter._terms.ToItems() : throw filter.Fault(rest, rest == ")" ? "nothing was opened" : "'and' or 'or' comes between two questions");
    }

    private void ReadAlternatives()
    {
        ReadFactors();
        while (TryTake("or"))
        {
            ReadFactors();
            Add(new FilterTerm(FilterTermKind.Or), "or");
        }
    }

    private void ReadFactors()
    {
        ReadFactor();
        while (TryTake("and"))
        {
            ReadFactor();
            Add(new FilterTerm(FilterTermKind.And), "and");
        }
    }

    private void ReadFactor()
    {
        string word = Next();
        if (++_depth > DeepestNesting)
        {
            throw Fault(word, "it is nested too deeply");
        }
        switch (word)
        {
            case "not":
                ReadFactor();
                Add(new FilterTerm(FilterTermKind.Not), word);
                break;
            case "(":
                ReadAlternatives();
                if (Next() is not ")" and var closing)
                {
                    throw Fault(closing, "a parenthesis is not closed");
                }
                break;
            default:
                Add(ReadQuestion(word), word);
                break;
        }
        _depth--;
    }

    private FilterTerm ReadQuestion(string word)
    {
        switch (word)
        {
            case "host":
                string host = Next();
                return IPAddress.TryParse(host, out IPAddress? address) ? new FilterTerm(FilterTermKind.Host, address)
                    : throw Fault(host, "behind 'host' stands an address such as 10.20.0.15");
            case "net":
                string net = Next();
                return IPNetwork.TryParse(net, out IPNetwork prefix) ? new FilterTerm(FilterTermKind.Net, prefix.BaseAddress, prefix.PrefixLength)
                    : throw Fault(net, "behind 'net' stands a prefix such as 10.20.0.0/24");
            case "port":
                string port = Next();
                return ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) && number > 0
                    ? new FilterTerm(FilterTermKind.Port, Number: number)
                    : throw Fault(port, "behind 'port' stands a number from 1 to 65535");
            case "ether":
                string second = Next();
                string mac = second == "host" ? Next() : throw Fault(second, "behind 'ether' stands 'host' and a MAC address");
                return IsMac(mac) ? new FilterTerm(FilterTermKind.Station, Mac: mac.Replace('-', ':').ToLowerInvariant())
                    : throw Fault(mac, "behind 'ether host' stands a MAC address such as 52:54:00:12:34:56");
            default:
                return Plain.TryGetValue(word, out FilterTerm? term) ? term : throw Fault(word, $"it takes {Words}");
        }
    }

    /// <summary>Any address, a group's too.</summary>
    private static bool IsMac(string text) => text.Split(':', '-') is { Length: 6 } octets && octets.All(o => o.Length == 2 && o.All(char.IsAsciiHexDigit));

    private void Add(FilterTerm term, string word)
    {
        if (_terms.Count == MostTerms)
        {
            throw Fault(word, $"a filter has at most {MostTerms} words that ask or join");
        }
        _terms.Add(term);
    }

    private bool TryTake(string word)
    {
        int before = _at;
        if (Next() == word)
        {
            return true;
        }
        _at = before;
        return false;
    }

    /// <summary>The next word or parenthesis; empty at the end.</summary>
    private string Next()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
        int start = _at;
        if (_at < _text.Length && _text[_at] is '(' or ')')
        {
            _at++;
        }
        else
        {
            while (_at < _text.Length && !char.IsWhiteSpace(_text[_at]) && _text[_at] is not ('(' or ')'))
            {
                _at++;
            }
        }
        return _text[start.._at];
    }

    private WeftException Fault(string word, string cause) => new(new WeftError(ErrorCode.BadFilter,
        word.Length == 0 ? $"the filter '{_text}' ends too early (column {_text.Length + 1})"
            : $"the filter '{_text}' cannot be read at column {_at - word.Length + 1}: '{word}'",
        cause, "weft capture lab -w lab.pcapng --filter 'tcp and port 80'"));
}
