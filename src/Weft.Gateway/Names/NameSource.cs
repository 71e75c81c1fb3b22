namespace Weft.Gateway.Names;

/// <summary>Who gave a name. A higher one wins: a guest can take neither the router's names, nor its owner's, nor another VM's.</summary>
internal enum NameSource : byte
{
    None = 0,

    /// <summary>DHCP option 12: what the guest calls itself.</summary>
    Learned,

    /// <summary>The VM's name in the topology.</summary>
    Guest,

    /// <summary>The network's own, by its owner.</summary>
    Static,

    /// <summary>The router's own: gateway, host, dns.</summary>
    Fixed,
}
