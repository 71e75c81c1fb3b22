namespace Weft.Gateway.Arp;

/// <summary>What an ARP packet is to the gateway.</summary>
internal enum ArpVerdict : byte
{
    /// <summary>Nothing to do but to learn its sender, where it may be believed.</summary>
    Learn,

    /// <summary>Asks for an address of ours.</summary>
    Answer,

    /// <summary>Somebody claims an address of ours.</summary>
    Conflict,

    /// <summary>Cannot be read, or is our own.</summary>
    Nothing,
}
