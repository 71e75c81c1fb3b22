using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Forwards;

/// <summary>What a forward asks of its network's gateway.</summary>
internal interface IGuestCalls
{
    /// <summary>The address that a guest has leased or reserved, by its name.</summary>
    bool TryAddressOf(string guest, out IpAddress address);

    /// <summary>Calls the guest for a client that was accepted; the socket passes over.</summary>
    /// <param name="slot">The keeper's slot that it lies in; −1 when it is not kept yet.</param>
    void Call(int socket, int slot, HostEnd client, HostEnd guest);

    /// <summary>A client could not be passed on.</summary>
    void Refused(DropReason reason);
}
