using System.Net;
using Weft.Model;

namespace Weft.Daemon.Names;

/// <summary>A name on one network and what it leads to.</summary>
/// <param name="Name">One label, or with dots a full name of its own.</param>
/// <param name="Network">As it is declared: "nat", not the router of one NIC.</param>
/// <param name="Source">Who gave it; see <see cref="Sources"/>.</param>
internal sealed record KnownName(string Name, string Network, Items<IPAddress> Addresses, string Source)
{
    public const string Router = "router";
    public const string Static = "static";
    public const string Vm = "vm";
    public const string Learned = "learned";

    /// <summary>The stronger one first: it has the name where two claim it.</summary>
    public static readonly string[] Sources = [Router, Static, Vm, Learned];

    /// <summary>0 is the strongest.</summary>
    public int Rank => Array.IndexOf(Sources, Source);

    public bool IsWhole => Name.Contains('.');

    /// <summary>"alpha.lab.weft.internal".</summary>
    public string WholeName => IsWhole ? Name : $"{Name}.{Network}.{DnsNames.Zone}";
}
