namespace Weft.Model.Api;

/// <summary>How a NIC stands.</summary>
/// <param name="Name">"alpha:1".</param>
/// <param name="Network">Null: not attached.</param>
/// <param name="Address">Leased or reserved; null when none is known.</param>
/// <param name="Attachment">"seqpacket", "tap" or "vhost-user".</param>
/// <param name="Path">Socket or interface.</param>
/// <param name="Cable">"up" (the guest has carrier), "down", "unplugged", or "unknown" while no worker answers.</param>
public sealed record NicState(string Name, string? Network, string? Address, string Mac, string Attachment, string Path,
    string Cable, long Drops);
