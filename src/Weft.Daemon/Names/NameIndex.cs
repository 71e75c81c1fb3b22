using System.Net;
using Weft.Model;

namespace Weft.Daemon.Names;

/// <summary>All names at one moment, to be looked up. An immutable value, apart from who asks.</summary>
internal sealed class NameIndex
{
    public static readonly NameIndex Empty = new([], [], []);

    private readonly ILookup<string, KnownName> _byLabel;
    private readonly ILookup<string, KnownName> _byWhole;
    private readonly ILookup<IPAddress, KnownName> _byAddress;
    private readonly HashSet<string> _networks;

    public NameIndex(IReadOnlyList<KnownName> names, IEnumerable<string> networks, IEnumerable<IPNetwork> subnets)
    {
        All = names;
        _byLabel = names.Where(n => !n.IsWhole).ToLookup(n => n.Name, StringComparer.Ordinal);
        _byWhole = names.ToLookup(n => n.WholeName, StringComparer.Ordinal);
        _byAddress = names.SelectMany(n => n.Addresses.Select(a => (Address: a, Name: n))).ToLookup(p => p.Address, p => p.Name);
        _networks = [.. networks];
        Subnets = [.. subnets.Distinct()];
    }

    public IReadOnlyList<KnownName> All { get; }

    public IReadOnlyList<IPNetwork> Subnets { get; }

    public bool HasNetwork(string network) => _networks.Contains(network);

    /// <summary>Who is called that on any network. A name that a guest gave itself is nothing beside a VM's on another network.</summary>
    public KnownName[] OfLabel(string label) => Strongest(_byLabel[label]);

    /// <param name="name">In lower case, without a dot at its end.</param>
    public KnownName[] OfWhole(string name) => Strongest(_byWhole[name]);

    /// <summary>Names lie below it.</summary>
    public bool IsAbove(string name) => All.Any(n => n.IsWhole && n.Name.EndsWith($".{name}", StringComparison.Ordinal));

    /// <summary>The best name of an address on each network that has it: routers of mode nat have the same addresses.</summary>
    public KnownName[] OfAddress(IPAddress address) =>
        [.. _byAddress[address].GroupBy(n => n.Network).Select(names => names.OrderBy(n => n.Rank).ThenBy(n => n.IsWhole).ThenBy(n => n.Name, StringComparer.Ordinal).First())];

    private static KnownName[] Strongest(IEnumerable<KnownName> names)
    {
        KnownName[] all = [.. names];
        return all.Length < 2 ? all : [.. all.Where(n => n.Rank == all.Min(m => m.Rank))];
    }
}
