using Weft.Engine;
using Weft.Engine.Cables;
using Weft.Engine.State;
using Weft.Linux;

namespace Weft.Worker;

/// <summary>What can be put around a cable while it is in use. Captures are outermost, so that they see what an impairment drops.</summary>
internal sealed unsafe partial class DataPlane
{
    /// <summary>Impairs a port's cable; a record without any chance or delay mends it.</summary>
    public int Impair(ulong id, in ImpairmentRecord wanted)
    {
        if (!_ports.TryGetValue(id, out PortPlane? port))
        {
            return -Errno.ENOENT;
        }
        using LaneSet.Held held = _lanes.Hold(port.Lane);
        Mend(port.Port);
        bool whole = (wanted.Loss | wanted.Duplicate | wanted.Reorder | wanted.Corrupt | wanted.DelayMicroseconds | wanted.JitterMicroseconds) == 0;
        if (!whole)
        {
            Plug(port.Port, new ImpairedCable(Plugged(port.Port), port.Port, in wanted));
        }
        return 0;
    }

    /// <summary>Takes an impairment off, if there is one.</summary>
    private static void Mend(Port port)
    {
        if (Plugged(port) is ImpairedCable cable)
        {
            Plug(port, cable.Unwrap());
            cable.Dispose();
        }
    }

    /// <summary>What is plugged in behind the captures.</summary>
    private static IEndpoint Plugged(Port port) => port.Plug is CapturingCable capture ? capture.Inner : port.Plug;

    private static void Plug(Port port, IEndpoint endpoint)
    {
        if (port.Plug is CapturingCable capture)
        {
            capture.Inner = endpoint;
        }
        else
        {
            port.Attach(endpoint);
        }
    }

    /// <summary>Takes the captures off a port without ending them.</summary>
    private static CapturingCable? TakeCaptures(Port port)
    {
        if (port.Plug is not CapturingCable capture)
        {
            return null;
        }
        port.Attach(capture.Inner);
        return capture;
    }

    private static void PutCaptures(Port port, CapturingCable? capture)
    {
        if (capture is not null)
        {
            capture.Inner = port.Plug;
            port.Attach(capture);
        }
    }
}
