using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway.Nat.Forwards;
using Weft.Wire;

namespace Weft.Gateway;

/// <summary>The network's guests: their NICs by the topology, and calls to them through forwards.</summary>
public sealed unsafe partial class Gateway
{
    private readonly Dictionary<string, IpAddress> _reserved = [];

    /// <summary>A NIC of the topology is on this network, or has changed.</summary>
    public void Put(in PortRecord port) => _reserved[port.Guest.ToString()] = port.Reserved;

    public void Remove(in PortRecord port) => _reserved.Remove(port.Guest.ToString());

    bool IGuestCalls.TryAddressOf(string guest, out IpAddress address) => _reserved.TryGetValue(guest, out address) && !address.IsNone;

    void IGuestCalls.Call(int socket, HostEnd client, HostEnd guest)
    {
        IpAddress seen = client.Address.IsLoopback ? Facts.Gateway : client.Address;
        _tcp.Call(socket, client with { Address = seen }, guest);
    }

    void IGuestCalls.Refused(DropReason reason) => _counters->Drop(reason);
}
