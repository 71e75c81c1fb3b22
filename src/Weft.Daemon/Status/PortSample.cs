namespace Weft.Daemon.Status;

/// <summary>One port's counters at one moment.</summary>
internal readonly record struct PortSample(ulong FramesIn, ulong BytesIn, ulong FramesOut, ulong BytesOut);
