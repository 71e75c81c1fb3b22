namespace Weft.Gateway.Nat.Tcp;

/// <summary>Takeover of the whole table: a scan of the records, before the lane's first turn and after all translators were made.</summary>
internal sealed unsafe partial class TcpTable
{
    /// <summary>Counted by <see cref="RestoreAll"/>.</summary>
    public TcpTakeover Takeover { get; private set; }

    /// <param name="descriptorOfSlot">The descriptor that the keeper handed on for a slot, or −1; asked at most once per record.
    /// What it was never asked for belongs to no flow: <see cref="TcpTranslator.EndOrphan"/>.</param>
    public TcpTakeover RestoreAll(Func<int, int> descriptorOfSlot)
    {
        FindUsed();
        TcpTakeover count = default;
        for (int flow = 0; flow < _used; flow++)
        {
            if (All[flow].State != TcpRecordState.Free)
            {
                RestoreOne(flow, descriptorOfSlot, ref count);
            }
        }
        return Takeover = count;
    }

    /// <summary>Free records go on the free list first: what ends during the restoration follows by itself.</summary>
    private void FindUsed()
    {
        for (int flow = 0; flow < All.Capacity; flow++)
        {
            if (All[flow].State != TcpRecordState.Free)
            {
                _used = flow + 1;
                _generation = Math.Max(_generation, All[flow].Generation);
            }
        }
        for (int flow = _used - 1; flow >= 0; flow--)
        {
            if (All[flow].State == TcpRecordState.Free)
            {
                _free[_freeCount++] = flow;
            }
        }
    }

    private void RestoreOne(int flow, Func<int, int> descriptorOfSlot, ref TcpTakeover count)
    {
        ref TcpFlowRecord record = ref All[flow];
        TcpRecordState state = record.State;
        TcpTranslator? owner = OwnerOf(record.NetworkId);
        int socket = record.Slot < 0 ? -1 : descriptorOfSlot(record.Slot);
        if (socket >= 0 && owner is not null && state <= TcpRecordState.Established)
        {
            _ = owner.Restore(flow, socket) ? count.Restored++ : count.Ended++;
            return;
        }
        _ = state is TcpRecordState.Dialling or TcpRecordState.Accepted ? count.Forgotten++ : count.Lost++;
        record.SetState(TcpRecordState.Free, 0);
        if (socket >= 0)
        {
            TcpTranslator.EndOrphan(Host, socket, record.Slot);
        }
        _free[_freeCount++] = flow;
    }
}
