using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Dns;

/// <summary>
/// The host's resolvers as resolv.conf(5) names them. A server on the host's loopback (127.0.0.53) is fine: the host reaches
/// it for its guests. One that is ourselves would ask in circles and is refused by name; so is what is no plain address.
/// </summary>
/// <param name="Servers">In the file's order, at most <see cref="MaxServers"/>, each once.</param>
/// <param name="Problems">What was left out, and why, in a sentence each.</param>
public sealed record ResolvConf(IReadOnlyList<HostEnd> Servers, IReadOnlyList<string> Problems)
{
    public const int MaxServers = 8;

    private const ushort DnsPort = 53;

    public static ResolvConf Empty { get; } = new([], []);

    /// <param name="isOurselves">True for an end that a Weft of this home answers on: a gateway or DNS address, a forward's listener.</param>
    public static ResolvConf Parse(string text, Func<HostEnd, bool> isOurselves)
    {
        var servers = new List<HostEnd>();
        var problems = new List<string>();
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && words[0] == "nameserver")
            {
                Add(words[1], isOurselves, servers, problems);
            }
        }
        if (servers.Count == 0)
        {
            problems.Add("the host names no usable DNS server: guests get SERVFAIL for names outside");
        }
        return new ResolvConf(servers, problems);
    }

    private static void Add(string word, Func<HostEnd, bool> isOurselves, List<HostEnd> servers, List<string> problems)
    {
        if (word.Contains('%') || !IpAddress.TryParse(word, out IpAddress address) || address.IsMulticast)
        {
            problems.Add($"DNS server {word} is no address that can be asked");
            return;
        }
        if (!address.IsV4)
        {
            problems.Add($"DNS server {word} is not asked: queries go out over IPv4 only");
            return;
        }
        // 0.0.0.0 means this host (resolv.conf(5) says nothing of it, glibc sends there, the kernel takes it for loopback).
        var end = new HostEnd(address.IsUnspecified ? IpAddress.FromV4(0x7f000001) : address, DnsPort);
        if (isOurselves(end))
        {
            problems.Add($"DNS server {word} is Weft itself: it would ask in circles");
            return;
        }
        if (servers.Count < MaxServers && !servers.Contains(end))
        {
            servers.Add(end);
        }
    }
}
