using Weft.Engine;
using Weft.Engine.Cables;
using Weft.Engine.State;
using Weft.Linux;

namespace Weft.Worker;

/// <summary>Captures: each looks at points on any lane, and writes to one descriptor from a thread of its own.</summary>
internal sealed unsafe partial class DataPlane
{
    private const int MostCaptures = 16;
    private const int MostPoints = 64;

    private readonly Dictionary<ulong, CaptureSession> _captures = [];
    private ulong _lastCapture;

    /// <summary>Called on another thread when nobody reads a capture any more; whoever built the plane brings it here by <see cref="CloseCapture"/>.</summary>
    public Action<ulong> CaptureLeft { get; set; } = _ => { };

    /// <summary>Takes <paramref name="descriptor"/> in any case.</summary>
    public int OpenCapture(in CaptureRecord wanted, int descriptor, out ulong id)
    {
        id = 0;
        int refused = _captures.Count >= MostCaptures ? -Errno.ENOSPC : wanted.Filter.IsSound() ? 0 : -Errno.EINVAL;
        if (refused != 0)
        {
            FileCalls.Close(descriptor);
            return refused;
        }
        id = ++_lastCapture;
        ulong own = id;
        _captures.Add(id, new CaptureSession(in wanted, descriptor, () => CaptureLeft(own)));
        return 0;
    }

    public int AddCapturePoint(ulong id, in CapturePointRecord wanted)
    {
        if (!_captures.TryGetValue(id, out CaptureSession? capture) || PlaceOf(in wanted) is not { } place)
        {
            return -Errno.ENOENT;
        }
        if (capture.Points.Count >= MostPoints)
        {
            return -Errno.ENOSPC;
        }
        using LaneSet.Held held = _lanes.Hold(place.Lane);
        if (place.Port.Plug is not CapturingCable cable)
        {
            cable = new CapturingCable(place.Port.Plug, place.Port.Counters);
            place.Port.Attach(cable);
        }
        cable.Add(capture.AddPoint(wanted.Target, wanted.IsGateway != 0, wanted.Interface));
        return 0;
    }

    /// <summary>Takes a capture off all its points; its thread writes what is left and ends by itself.</summary>
    public int CloseCapture(ulong id)
    {
        if (!_captures.Remove(id, out CaptureSession? capture))
        {
            return -Errno.ENOENT;
        }
        foreach (CapturePoint point in capture.Points)
        {
            CapturePointRecord record = new() { Target = point.Target, IsGateway = point.IsGateway ? 1u : 0 };
            if (PlaceOf(in record) is not { } place)
            {
                continue;
            }
            using LaneSet.Held held = _lanes.Hold(place.Lane);
            if (place.Port.Plug is CapturingCable cable)
            {
                cable.Remove(point.Writer);
                if (cable.IsIdle)
                {
                    place.Port.Attach(cable.Inner);
                    cable.Unwrap();
                }
            }
        }
        capture.Close();
        return 0;
    }

    private void CloseCaptures()
    {
        CaptureSession[] open = [.. _captures.Values];
        foreach (ulong id in _captures.Keys.ToArray())
        {
            CloseCapture(id);
        }
        Array.ForEach(open, capture => capture.Join());
    }

    private (WorkerLane Lane, Port Port)? PlaceOf(in CapturePointRecord point)
    {
        if (point.IsGateway == 0)
        {
            return _ports.TryGetValue(point.Target, out PortPlane? port) ? (port.Lane, port.Port) : null;
        }
        return _networks.TryGetValue(point.Target, out NetworkPlane? network) && network.GatewayPort is { } gateway ? (network.Lane, gateway) : null;
    }
}
