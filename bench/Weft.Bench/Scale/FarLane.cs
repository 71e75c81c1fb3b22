using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Engine.Trunks;
using Weft.Linux;
using Weft.Switching;
using Switch = Weft.Switching.Switch;

namespace Weft.Bench.Scale;

/// <summary>A second lane with its switch, joined to the first one's by a trunk. One thread takes the turns of both, so a frame's
/// cost is that of both lanes without what they would do at the same time.</summary>
internal sealed unsafe class FarLane : IDisposable
{
    private readonly EpollReadiness _readiness = new();
    private readonly PortCounters* _counters = (PortCounters*)NativeMemory.AllocZeroed(2, (nuint)sizeof(PortCounters));
    private readonly Port[] _ends;
    private readonly Trunk _trunk;

    public FarLane(Switch near)
    {
        Lane = new Lane(_readiness, TimeProvider.System);
        Switch = new Switch(Lane);
        _ends = [near.AddPort(_counters, PortRole.Uplink), Switch.AddPort(_counters + 1, PortRole.Uplink)];
        _trunk = new Trunk(_ends[0], _ends[1]);
        foreach (Port end in _ends)
        {
            end.CarrierChanged(true);
            end.SetPlugged(true);
            end.Ready();
        }
    }

    public Lane Lane { get; }

    public Switch Switch { get; }

    public void Dispose()
    {
        Array.ForEach(_ends, end => end.Dispose());
        _trunk.Dispose();
        Switch.Dispose();
        Lane.Dispose();
        _readiness.Dispose();
        NativeMemory.Free(_counters);
    }
}
