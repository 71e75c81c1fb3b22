using Weft.Engine;

namespace Weft.Gateway.Nat.Udp;

/// <summary>
/// Takeover: one scan of the socket records, then one of the flow records, makes everything else. A socket lives on when its
/// record is whole, its network is there, and the keeper had its descriptor; a flow when its socket does. Datagrams that came
/// meanwhile wait in the sockets, which report them when they are watched. Every flow starts a new life of its full length.
/// </summary>
internal sealed unsafe partial class UdpTable
{
    /// <summary>Takes over what the predecessor left; the translators of all networks have been made.</summary>
    /// <param name="descriptorOfSlot">What the keeper handed on, claimed by asking; −1 for a slot that it does not hold.</param>
    /// <returns>Flows that could not be taken over.</returns>
    public int Restore(Func<int, int> descriptorOfSlot)
    {
        for (int i = 0; i < SocketRecordsAll.Capacity && SocketRecordsAll[i].Stamp != 0; i++)
        {
            _socketPool.Rent();
            RestoreSocket(i, descriptorOfSlot);
        }
        int lost = 0;
        for (int i = 0; i < FlowRecordsAll.Capacity && FlowRecordsAll[i].Stamp != 0; i++)
        {
            _flowPool.Rent();
            _generation = Math.Max(_generation, RecordStamp.GenerationOf(FlowRecordsAll[i].Stamp));
            bool wasOpen = FlowRecordsAll[i].State != 0;
            if (!TryRestoreFlow(i))
            {
                RecordStamp.Clear(ref FlowRecordsAll[i].Stamp);
                lost += wasOpen ? 1 : 0;
            }
        }
        ReturnFree();
        EndUnused();
        return lost;
    }

    private void RestoreSocket(int index, Func<int, int> descriptorOfSlot)
    {
        ref UdpSocketRecord record = ref SocketRecordsAll[index];
        ulong generation = RecordStamp.GenerationOf(record.Stamp);
        _generation = Math.Max(_generation, generation);
        int owner = OwnerOf(record.NetworkId);
        bool isWhole = record.Kind is UdpSocketKind.Mapping or UdpSocketKind.Forward && (record.Kind == UdpSocketKind.Forward) == (record.ForwardId != 0) &&
            record.Slot >= 0 && owner >= 0 && _socketIndex.Find(record.Key) < 0;
        int descriptor = isWhole ? descriptorOfSlot(record.Slot) : -1;
        if (descriptor < 0 || !TryTake(index, descriptor, owner))
        {
            RecordStamp.Clear(ref record.Stamp);
            return;
        }
        Sockets[index] = new UdpSocket
        {
            Descriptor = descriptor,
            Owner = (ushort)owner,
            FirstFlow = -1,
            Generation = generation,
        };
        LinkSocket(index);
    }

    /// <summary>A descriptor that was asked for is ours: taken, or ended here.</summary>
    private bool TryTake(int index, int descriptor, int owner)
    {
        ref UdpSocketRecord record = ref SocketRecordsAll[index];
        // A forward whose own record was never written serves nobody, but would hold its port.
        bool isWanted = record.ForwardId == 0 || _owners[owner]!.Serves(record.ForwardId);
        // An ended socket has lost its port: the slot still holds one from before, whose drop and our add never left.
        bool isAlive = isWanted && Host.Sockets.LocalEnd(descriptor).Port != 0;
        if (isAlive && (record.ForwardId != 0 || SocketLists.TryAdd(index, AccountOf(ref record))))
        {
            return true;
        }
        Host.Kept.End(descriptor, record.Slot, abort: true);
        return false;
    }

    private bool TryRestoreFlow(int index)
    {
        ref UdpFlowRecord record = ref FlowRecordsAll[index];
        if (record.State != UdpFlowRecord.Open || (uint)record.Socket >= (uint)_socketPool.Used)
        {
            return false;
        }
        ref UdpSocket socket = ref Sockets[record.Socket];
        ref UdpSocketRecord socketRecord = ref SocketRecordsAll[record.Socket];
        if (socket.Generation == 0 || (uint)socket.Generation != record.SocketGeneration || socketRecord.NetworkId != record.NetworkId ||
            _guestIndex.Find(record.GuestKey) >= 0 || _hostIndex.Find(record.HostKey) >= 0 ||
            !FlowLists.TryAdd(index, AccountOf(ref socketRecord)))
        {
            return false;
        }
        LinkFlow(index);
        return true;
    }

    private void ReturnFree()
    {
        for (int i = _socketPool.Used - 1; i >= 0; i--)
        {
            if (Sockets[i].Generation == 0)
            {
                _socketPool.Return(i);
            }
        }
        for (int i = _flowPool.Used - 1; i >= 0; i--)
        {
            if (FlowRecordsAll[i].State == 0)
            {
                _flowPool.Return(i);
            }
        }
    }

    /// <summary>A mapping without flows died between its last flow and itself.</summary>
    private void EndUnused()
    {
        for (int i = 0; i < _socketPool.Used; i++)
        {
            if (Sockets[i].Generation == 0)
            {
                continue;
            }
            UdpTranslator owner = _owners[Sockets[i].Owner]!;
            if (Sockets[i].FlowCount == 0 && SocketRecordsAll[i].Kind == UdpSocketKind.Mapping)
            {
                owner.EndSocket(i);
            }
            else
            {
                owner.Watch(i);
            }
        }
    }

    /// <summary>Who pays for a socket and its flows: the guest, or the forward.</summary>
    public static FlowKey AccountOf(ref readonly UdpSocketRecord record) =>
        record.ForwardId != 0 ? UdpSocketRecord.KeyOf(record.ForwardId) : UdpSocketRecord.KeyOf(record.NetworkId, record.Guest, 0);

    private int OwnerOf(ulong networkId)
    {
        for (int i = 0; i < GatewayLane.MostNetworks; i++)
        {
            if (_owners[i]?.NetworkId == networkId)
            {
                return i;
            }
        }
        return -1;
    }
}
