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
        int index = FreeForward();
        if (index < 0)
        {
            problem = "forward table";
            return -Errno.ENOSPC;
        }
        HostEnd at = new(wanted.Listen, wanted.ListenPort);
        int listener = _opener.Sockets.Listen(at, wanted.Protocol == 17);
        if (listener < 0)
        {
            problem = $"bind {at}";
            return listener;
        }
        ForwardRecord* record = _forwardRecords.At(index);
        *record = wanted;
        record->Id = 0;
        record->ListenerSlot = _opener.Keeper.Add(listener);
        id = NextId();
        Volatile.Write(ref record->Id, id);
        _forwards.Add(id, _gateways.Forward(in *record, network.Gateway, listener));
        return 0;
    }

    public int RemoveForward(ulong id)
    {
        if (!_forwards.Remove(id, out IDisposable? forward))
        {
            return -Errno.ENOENT;
        }
        for (int i = 0; i < _forwardRecords.Capacity; i++)
        {
            if (_forwardRecords.At(i)->Id == id)
            {
                _forwardRecords.At(i)->Id = 0;
            }
        }
        forward.Dispose();
        return 0;
    }

    private void RemoveForwardsOf(ulong network)
    {
        for (int i = 0; i < _forwardRecords.Capacity; i++)
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
