using Weft.Engine;

namespace Weft.Gateway.Nat;

/// <summary>The host side as every translator of a lane sees it.</summary>
public sealed record HostSide(IHostSockets Sockets, IDescriptorKeeper Keeper, IKeptDescriptors Kept, HostAccess Access);
