using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Udp;

/// <summary>From a socket to its guest: read while there is room, find the flow by the sender, write a packet or fragments.</summary>
internal sealed unsafe partial class UdpTranslator
{
    private const int EthernetSize = 14;
    private const int MostErrorsPerStep = 4;

    /// <summary>Bytes in front of the payload where an IP packet without options starts.</summary>
    private const int Headers = Ipv4View.Size + UdpView.Size;

    /// <summary>Puts into the outbox what waits in ready sockets, each socket a step at a time. Stops where there is no room.</summary>
    public void Produce()
    {
        for (int count = _queueCount; count > 0 && _queueFirst >= 0; count--)
        {
            int socket = _queueFirst;
            Unqueue(socket);
            if (!ReadStep(socket))
            {
                Queue(socket);
            }
        }
    }

    /// <summary>False when more may be waiting in the socket.</summary>
    private bool ReadStep(int socket)
    {
        int errors = 0;
        for (int i = 0; i < DatagramsPerStep && errors <= MostErrorsPerStep; i++)
        {
            if (!HasRoom(socket))
            {
                return false;
            }
            byte* payload = _table.Datagram + UdpView.Size;
            long length = _sockets.ReceiveFrom(_table.Sockets[socket].Descriptor, payload, UdpTable.DatagramSize - UdpView.Size, out HostEnd from);
            if (length == Again)
            {
                return true;
            }
            if (length >= 0)
            {
                TakeDatagram(socket, from, (int)length);
            }
            else
            {
                // The error of a datagram that was sent fails this call once; what waits behind it is still there.
                TakeErrors(socket);
                errors++;
            }
        }
        return errors > MostErrorsPerStep;
    }

    /// <summary>Room toward the guest of a mapping. A forward's guest is not known before its datagram is read: its clients are asked for
    /// as a whole.</summary>
    private bool HasRoom(int socket)
    {
        ref UdpSocketRecord record = ref _table.SocketRecordsAll[socket];
        if (record.Kind == UdpSocketKind.Mapping)
        {
            return _side.RoomToward(record.Guest) > 0;
        }
        return !_targets.TryTarget(record.ForwardId, out HostEnd guest) || _side.RoomToward(guest.Address) > 0;
    }

    private void TakeDatagram(int socket, HostEnd from, int length)
    {
        int flow = _table.FindByHost(socket, from);
        bool isForward = _table.SocketRecordsAll[socket].Kind == UdpSocketKind.Forward;
        if (flow < 0)
        {
            DropReason reason = isForward ? OpenForwardFlow(socket, from, out flow) : DropReason.NotForUs;
            if (reason != DropReason.None)
            {
                Drop(reason);
                return;
            }
        }
        ref UdpFlowRecord record = ref _table.FlowRecordsAll[flow];
        if (!isForward)
        {
            record.TwoWay = 1;
        }
        _table.Touch(flow);
        if (length + Headers <= _side.Facts.Mtu)
        {
            Write(ref record, length);
        }
        else
        {
            WriteFragments(ref record, length);
        }
    }

    /// <summary>One packet; its checksum is left to the receiver, or to whoever mends frames for it.</summary>
    private void Write(ref UdpFlowRecord record, int length)
    {
        byte* packet = _side.Rent(Headers + length);
        if (packet == null)
        {
            Drop(DropReason.PortFull);
            return;
        }
        Ipv4Header.Write(packet, new Ipv4Fields(record.GuestPeer, record.Guest, IpProtocol.Udp, Headers + length));
        byte* udp = packet + Ipv4View.Size;
        UdpHeader.Write(udp, record.GuestPeerPort, record.GuestPort, length);
        uint pseudo = Checksum.Pseudo(record.GuestPeer, record.Guest, IpProtocol.Udp, UdpView.Size + length);
        Checksum.Store(udp + UdpView.ChecksumOffset, Checksum.Fold(pseudo));
        Buffer.MemoryCopy(_table.Datagram + UdpView.Size, udp + UdpView.Size, length, length);
        var offload = new Offload
        {
            Flags = Offload.NeedsChecksum,
            ChecksumStart = EthernetSize + Ipv4View.Size,
            ChecksumOffset = UdpView.ChecksumOffset,
        };
        _side.Send(record.Guest, Headers + length, in offload);
    }

    /// <summary>A large one is cut into fragments, so its checksum is completed here.</summary>
    private void WriteFragments(ref UdpFlowRecord record, int length)
    {
        byte* udp = _table.Datagram;
        int total = UdpHeader.Write(udp, record.GuestPeerPort, record.GuestPort, length) + length;
        UdpHeader.Complete(udp, total, record.GuestPeer, record.Guest);
        var fields = new Ipv4Fields(record.GuestPeer, record.Guest, IpProtocol.Udp, Ipv4View.Size + total);
        if (!PacketWriter.TryWrite(_side, in fields, udp, total, ref _identification))
        {
            Drop(DropReason.PortFull);
        }
    }
}
