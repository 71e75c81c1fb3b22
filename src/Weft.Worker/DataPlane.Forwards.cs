using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux;

namespace Weft.Worker;

/// <summary>Forwards: listeners on the host, opened here, kept, served by the network's gateway.</summary>
internal sealed unsafe partial class DataPlane
{
    public int PutForward(in ForwardRecord wanted, out ulong id, out string problem)
    {
        id = 0;
        problem = "";
        if (!_networks.TryGetValue(wanted.NetworkId, out NetworkPlane? network) || network.Gateway is null)
        {
            problem = "no such network";
            return -Errno.ENOENT;
        }
        using LaneSet.Held held = _lanes.Hold(network.Lane);
        int index = FreeForward();
        if (index < 0)
        {
            problem = "forward table";
            return -Errno.ENOSPC;
        }
        ForwardRecord* record = _forwardRecords.At(index);
        *record = wanted;
        record->Id = 0;
        ulong next = NextId();
        int result = network.Lane.Gateways.OpenForward(ref *record, next, network.Gateway, out IDisposable? forward);
        if (result < 0 || forward is null)
        {
            problem = $"bind {new HostEnd(wanted.Listen, wanted.ListenPort)}";
            return result;
        }
        id = next;
        Volatile.Write(ref record->Id, id);
        _forwards.Add(id, forward);
        return 0;
    }

    public int RemoveForward(ulong id)
    {
        if (!_forwards.Remove(id, out IDisposable? forward))
        {
            return -Errno.ENOENT;
        }
        ForwardRecord* record = RecordOfForward(id);
        using LaneSet.Held held = _lanes.Hold(_networks.GetValueOrDefault(record->NetworkId)?.Lane);
        record->Id = 0;
        forward.Dispose();
        return 0;
    }

    private ForwardRecord* RecordOfForward(ulong id)
    {
        int index = 0;
        while (_forwardRecords.At(index)->Id != id)
        {
            index++;
        }
        return _forwardRecords.At(index);
    }

    private void RemoveForwardsOf(ulong network)
    {
        for (int i = 0; i < _forwardRecords.Capacity && _forwards.Count > 0; i++)
        {
            ForwardRecord* record = _forwardRecords.At(i);
            if (record->Id != 0 && record->NetworkId == network)
            {
                RemoveForward(record->Id);
            }
        }
    }

    private int FreeForward()
    {
        for (int i = 0; i < _forwardRecords.Capacity; i++)
        {
            if (_forwardRecords.At(i)->Id == 0)
            {
                return i;
            }
        }
        return -1;
    }
}
