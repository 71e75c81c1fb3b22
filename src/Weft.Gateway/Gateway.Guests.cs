using System.Text;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway.Names;
using Weft.Gateway.Nat;
using Weft.Gateway.Nat.Forwards;
using Weft.Wire;

namespace Weft.Gateway;

/// <summary>The network's guests: their NICs by the topology, their names, and calls to them through forwards.</summary>
public sealed unsafe partial class Gateway : IGuestCalls, IForwardTargets
{
    private readonly Dictionary<ulong, ForwardRecord> _udpForwards = [];

    /// <summary>A NIC of the topology is on this network, or has changed.</summary>
    public void Put(in PortRecord port)
    {
        _nics.Put(GuestNic.From(in port));
        _dhcp.NicsChanged(Now);
    }

    public void Remove(in PortRecord port)
    {
        _nics.Remove(port.Id);
        _dhcp.NicsChanged(Now);
    }

    /// <summary>The host's resolvers are these from now on.</summary>
    internal void SetResolvers(IReadOnlyList<HostEnd> resolvers) => _dns.Forwarder.Upstreams.Replace(resolvers);

    /// <summary>A query sent to that end would come back to us.</summary>
    internal bool Answers(HostEnd end) => Facts.IsOurs(end.Address);

    internal int OpenUdpForward(ulong id, in ForwardRecord record, HostEnd listen, out int slot, out IDisposable? forward)
    {
        int result = _udp.OpenForward(id, listen, out slot);
        forward = result < 0 ? null : new UdpForward(this, id);
        if (result >= 0)
        {
            _udpForwards[id] = record;
        }
        return result;
    }

    internal IDisposable RestoreUdpForward(in ForwardRecord record)
    {
        _udpForwards[record.Id] = record;
        return new UdpForward(this, record.Id);
    }

    public bool TryAddressOf(string guest, out IpAddress address) => _names.TryFind(Encoding.UTF8.GetBytes(guest), Now, out address);

    void IGuestCalls.Call(int socket, int slot, HostEnd client, HostEnd guest)
    {
        IpAddress seen = client.Address.IsLoopback || Facts.Contains(client.Address) ? Facts.Gateway : client.Address;
        _tcp.Call(socket, slot, client with { Address = seen }, guest);
    }

    void IGuestCalls.Refused(DropReason reason) => _counters->Drop(reason);

    bool IForwardTargets.TryTarget(ulong forwardId, out HostEnd guest)
    {
        guest = default;
        if (!_udpForwards.TryGetValue(forwardId, out ForwardRecord record))
        {
            return false;
        }
        IpAddress address = record.Target;
        bool known = !address.IsNone || TryAddressOf(record.TargetGuest.ToString(), out address);
        guest = new HostEnd(address, record.TargetPort);
        return known;
    }

    bool IForwardTargets.IsServed(ulong forwardId) => _udpForwards.ContainsKey(forwardId);

    bool IForwardTargets.IsHostAddress(IpAddress address) => address.IsLoopback;

    private sealed class UdpForward(Gateway gateway, ulong id) : IDisposable
    {
        public void Dispose()
        {
            gateway._udpForwards.Remove(id);
            gateway._udp.CloseForward(id);
        }
    }
}
