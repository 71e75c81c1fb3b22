using Weft.Engine;
using Weft.Engine.State;

namespace Weft.Worker;

/// <summary>Takeover: the records of the predecessor become names, running networks, ports, forwards and flows again, in that order.</summary>
internal sealed unsafe partial class DataPlane
{
    /// <param name="descriptorOfSlot">What the keeper handed on; −1 for a slot that it does not hold.</param>
    public void Restore(Func<int, int> descriptorOfSlot)
    {
        _names.Restore();
        for (int i = 0; i < _networkRecords.Capacity; i++)
        {
            if (_networkRecords.At(i)->Id != 0)
            {
                Build(i);
            }
        }
        foreach (WorkerLane lane in _lanes.All)
        {
            lane.Opener.DescriptorOfSlot = descriptorOfSlot;
        }
        for (int i = 0; i < _portRecords.Capacity; i++)
        {
            if (_portRecords.At(i)->Id != 0)
            {
                RestorePort(_portRecords.At(i), i, descriptorOfSlot);
            }
        }
        for (int i = 0; i < _forwardRecords.Capacity; i++)
        {
            if (_forwardRecords.At(i)->Id != 0)
            {
                RestoreForward(_forwardRecords.At(i), descriptorOfSlot);
            }
        }
        foreach (WorkerLane lane in _lanes.All)
        {
            _state.Worker.FlowsLost += (ulong)lane.Gateways.Restore(descriptorOfSlot);
        }
    }

    private void RestorePort(PortRecord* record, int index, Func<int, int> descriptorOfSlot)
    {
        NetworkPlane? network = _networks.GetValueOrDefault(record->NetworkId);
        WorkerLane lane = LaneOf(network);
        Port port = PortPlane.NewPort(lane.Lane, _counters.At(index));
        int listener = record->ListenerSlot < 0 ? -1 : descriptorOfSlot(record->ListenerSlot);
        int descriptor = record->DescriptorSlot < 0 ? -1 : descriptorOfSlot(record->DescriptorSlot);
        IGuestPlug? plug = lane.Opener.Adopt(record, index, (listener, descriptor), port);
        if (plug is null)
        {
            // The TAP or listener was not kept: the daemon sees the record gone and opens it anew.
            record->Id = 0;
            return;
        }
        PlugIn(new PortPlane(lane, record, port, plug), network);
    }

    private void RestoreForward(ForwardRecord* record, Func<int, int> descriptorOfSlot)
    {
        IDisposable? forward = _networks.GetValueOrDefault(record->NetworkId) is { Gateway: { } gateway } network
            ? network.Lane.Gateways.RestoreForward(in *record, gateway, descriptorOfSlot)
            : null;
        if (forward is null)
        {
            record->Id = 0;
            return;
        }
        _forwards.Add(record->Id, forward);
    }
}
