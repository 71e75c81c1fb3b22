using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Udp;

/// <summary>Forwards: a kept socket listens on the host; each outside client becomes a flow, answered from that socket.</summary>
internal sealed unsafe partial class UdpTranslator
{
    private const int NoSpace = -28;
    private const int Exists = -17;
    private const int MostPortTries = 16;

    /// <summary>Opens the host's end of a forward. 0 or a negative errno (port taken, not allowed, table or keeper full).</summary>
    /// <param name="slot">The keeper's slot, for the forward's own record.</param>
    public int OpenForward(ulong forwardId, HostEnd listen, out int slot)
    {
        slot = -1;
        if (_table.FindSocket(UdpSocketRecord.KeyOf(forwardId)) >= 0)
        {
            return Exists;
        }
        int descriptor = _sockets.Listen(listen, udp: true);
        if (descriptor < 0)
        {
            return descriptor;
        }
        var record = new UdpSocketRecord { NetworkId = NetworkId, ForwardId = forwardId };
        DropReason reason = Adopt(descriptor, in record, UdpSocketKind.Forward, out int socket);
        if (reason != DropReason.None)
        {
            Drop(reason);
            return reason == DropReason.KeeperBusy ? Again : NoSpace;
        }
        slot = _table.SocketRecordsAll[socket].Slot;
        return 0;
    }

    /// <summary>Ends a forward with the flows of its clients; false when there is none.</summary>
    public bool CloseForward(ulong forwardId)
    {
        int socket = _table.FindSocket(UdpSocketRecord.KeyOf(forwardId));
        if (socket >= 0)
        {
            EndSocket(socket);
        }
        return socket >= 0;
    }

    /// <summary>The forward is one that is served here still.</summary>
    public bool Serves(ulong forwardId) => _targets.IsServed(forwardId);

    private DropReason OpenForwardFlow(int socket, HostEnd client, out int flow)
    {
        flow = -1;
        if (!_targets.TryTarget(_table.SocketRecordsAll[socket].ForwardId, out HostEnd guest))
        {
            return DropReason.NoDhcpLease;
        }
        if (client.Port == 0 || !TryName(client, guest, out HostEnd guestPeer))
        {
            return DropReason.FlowLimit;
        }
        return OpenFlow(socket, guest, guestPeer, client, out flow);
    }

    /// <summary>What the guest sees as its peer: the client itself, or, when the guest could not answer that address through us,
    /// the gateway with a port that no other client has at this guest end.</summary>
    private bool TryName(HostEnd client, HostEnd guest, out HostEnd guestPeer)
    {
        guestPeer = client;
        NetworkFacts facts = _side.Facts;
        if (!client.Address.IsLoopback && !facts.Contains(client.Address) && !_targets.IsHostAddress(client.Address))
        {
            return true;
        }
        for (int i = 0; i < MostPortTries; i++)
        {
            ushort port = i == 0 ? client.Port : (ushort)(49_152 + ((client.Port + i * 977) & 0x3fff));
            guestPeer = new HostEnd(facts.Gateway, port);
            var key = new FlowKey(NetworkId, guest.Address, guestPeer.Address, guest.Port, port, IpProtocol.Udp);
            if (_table.FindByGuest(in key) < 0)
            {
                return true;
            }
        }
        return false;
    }
}
