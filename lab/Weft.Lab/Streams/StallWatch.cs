using System.Diagnostics;
using System.Net.Sockets;
using Weft.Linux.Sockets;

namespace Weft.Lab.Streams;

/// <summary>
/// The longest time between two signs of progress. A sender's program sees few of them: its kernel takes megabytes at once and
/// then nothing for long, while bytes leave all the time. So whoever watches from outside looks at what was acknowledged, too.
/// </summary>
internal sealed class StallWatch
{
    private readonly Lock _lock = new();
    private long _last = Stopwatch.GetTimestamp();
    private ulong _acknowledged;

    /// <summary>The socket that is sent from, while it is.</summary>
    public Socket? Sender { get; set; }

    public TimeSpan Longest { get; private set; }

    /// <summary>Time since the last sign, the peer's acknowledgements among them; may be asked from any thread.</summary>
    public TimeSpan Look()
    {
        TcpInfo info = default;
        if (Sender is { SafeHandle.IsClosed: false } socket && TcpInfo.TryRead((int)socket.Handle, ref info) && info.BytesAcked != _acknowledged)
        {
            _acknowledged = info.BytesAcked;
            Progress();
        }

        lock (_lock)
        {
            return Stopwatch.GetElapsedTime(_last);
        }
    }

    public void Progress()
    {
        lock (_lock)
        {
            long now = Stopwatch.GetTimestamp();
            TimeSpan pause = Stopwatch.GetElapsedTime(_last, now);
            Longest = pause > Longest ? pause : Longest;
            _last = now;
        }
    }
}
