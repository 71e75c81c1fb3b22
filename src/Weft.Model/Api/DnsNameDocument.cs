namespace Weft.Model.Api;

/// <summary>A name that the routers of a network answer.</summary>
/// <param name="Name">A label, which is answered below weft.internal too, or a full name with dots.</param>
/// <param name="Network">As it is declared; in mode nat the addresses are those of all its routers together.</param>
/// <param name="Source">"router" (gateway, host, dns), "static" (said by the owner), "vm" (a VM's name) or "learned" (what a guest calls
/// itself).</param>
public sealed record DnsNameDocument(string Name, string Network, string[] Addresses, string Source);
