namespace Weft.Daemon.Status;

/// <summary>What moved per second between two samples.</summary>
internal sealed record Rates(CounterSample First, CounterSample Second, double Seconds)
{
    /// <summary>Bits per second from the guest, bits per second to it, frames per second both ways.</summary>
    public (double BitsUp, double BitsDown, double Frames) Of(ulong port)
    {
        if (!Second.Ports.TryGetValue(port, out PortSample now) || !First.Ports.TryGetValue(port, out PortSample then))
        {
            return default;
        }
        return (Per(now.BytesIn, then.BytesIn) * 8, Per(now.BytesOut, then.BytesOut) * 8,
            Per(now.FramesIn + now.FramesOut, then.FramesIn + then.FramesOut));
    }

    private double Per(ulong now, ulong then) => now > then ? (now - then) / Seconds : 0;
}
