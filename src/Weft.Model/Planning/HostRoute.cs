using System.Net;

namespace Weft.Model.Planning;

/// <summary>One of the host's IPv4 routes.</summary>
public sealed record HostRoute(IPNetwork Destination, string Interface)
{
    /// <summary>A route for everything, or for one of the two halves that VPNs use for everything: no reason to avoid it.</summary>
    public bool IsDefault => Destination.PrefixLength <= 1;

    public override string ToString() => $"{Destination} ({Interface})";
}
