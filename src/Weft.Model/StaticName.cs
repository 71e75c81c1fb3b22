using System.Net;

namespace Weft.Model;

/// <summary>A name that a network's router answers because its owner says so.</summary>
/// <param name="Name">A label, or a full name with dots (<see cref="DnsNames"/>).</param>
/// <param name="Addresses">1 to <see cref="MostAddresses"/>, as they were written.</param>
public sealed record StaticName(string Name, Items<IPAddress> Addresses)
{
    /// <summary>As many as one DNS answer of the router holds.</summary>
    public const int MostAddresses = 8;
}
