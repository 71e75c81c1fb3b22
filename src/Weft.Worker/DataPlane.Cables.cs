using Weft.Engine;
using Weft.Engine.Cables;
using Weft.Engine.State;
using Weft.Linux;

namespace Weft.Worker;

/// <summary>What can be put around a cable while it is in use: a capture, an impairment; one at a time.</summary>
internal sealed unsafe partial class DataPlane
{
    private readonly Dictionary<ulong, CaptureFile> _captures = [];

    /// <summary>Captures a port into the file behind <paramref name="descriptor"/>, which is owned from here on; or stops that.</summary>
    public int Capture(ulong id, in CaptureRecord wanted, int descriptor)
    {
        if (!_ports.TryGetValue(id, out PortPlane? port))
        {
            return -Errno.ENOENT;
        }
        using LaneSet.Held held = _lanes.Hold(port.Lane);
        Unwrap(port);
        if (wanted.On == 0)
        {
            return 0;
        }
        if (descriptor < 0)
        {
            return -Errno.EBADF;
        }
        CaptureFile file = new(descriptor);
        CaptureOptions options = new(port.Record->Name.ToString(), (int)wanted.SnapLength, TimeProvider.System);
        port.Port.Attach(new CapturingCable(port.Port.Plug, new PcapngWriter(file.Queue, options), port.Port.Counters));
        _captures.Add(id, file);
        return 0;
    }

    /// <summary>Impairs a port's cable; a record without any chance or delay mends it.</summary>
    public int Impair(ulong id, in ImpairmentRecord wanted)
    {
        if (!_ports.TryGetValue(id, out PortPlane? port))
        {
            return -Errno.ENOENT;
        }
        using LaneSet.Held held = _lanes.Hold(port.Lane);
        Unwrap(port);
        bool whole = (wanted.Loss | wanted.Duplicate | wanted.Reorder | wanted.Corrupt | wanted.DelayMicroseconds | wanted.JitterMicroseconds) == 0;
        if (!whole)
        {
            port.Port.Attach(new ImpairedCable(port.Port.Plug, port.Port, in wanted));
        }
        return 0;
    }

    private void Unwrap(PortPlane port)
    {
        switch (port.Port.Plug)
        {
            case CapturingCable cable:
                port.Port.Attach(cable.Unwrap());
                cable.Dispose();
                break;
            case ImpairedCable cable:
                port.Port.Attach(cable.Unwrap());
                cable.Dispose();
                break;
        }
        if (_captures.Remove(port.Id, out CaptureFile? file))
        {
            file.Dispose();
        }
    }
}
