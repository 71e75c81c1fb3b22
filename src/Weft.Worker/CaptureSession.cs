using Weft.Engine.Cables;
using Weft.Engine.State;
using Weft.Linux;

namespace Weft.Worker;

/// <summary>
/// Theory. One capture. Lanes write blocks into bounded queues, one for each point, and never wait; a thread of the capture's own
/// brings them into the order of time and writes them to the descriptor. Who reads too slowly loses captured frames, which are
/// counted, and holds up nobody: the descriptor never blocks. States:
///   open      points may come; the thread writes
///   left      nobody reads any more, or every point is gone: the owner is told, once, and closes
///   closed    no lane writes any more; the thread writes what is left for at most a second, statistics last, and frees everything
/// </summary>
/// <remarks>Points are added and the capture is closed on one thread, the plane's. The thread ends after <see cref="Close"/> alone.</remarks>
internal sealed class CaptureSession
{
    private const int LookMilliseconds = 50;
    private const int BusyLookMilliseconds = 2;
    private const int OutputBytes = 256 << 10;
    private const ulong TurnNanoseconds = 2_000_000;
    private static readonly TimeSpan LastWrite = TimeSpan.FromSeconds(1);

    private readonly CaptureRecord _wanted;
    private readonly Action _left;
    private readonly int _descriptor;
    private readonly Thread _thread;
    private readonly CaptureMerge _merge = new();
    private readonly byte[] _output = new byte[OutputBytes];
    private readonly ManualResetEventSlim _closed = new();
    private volatile CapturePoint[] _points = [];
    private bool _isBroken;
    private bool _isLeft;
    private long _closedAt;

    /// <param name="descriptor">A pipe or socket, owned from here on.</param>
    /// <param name="left">Called on the capture's thread: it wants to be closed.</param>
    public CaptureSession(in CaptureRecord wanted, int descriptor, Action left)
    {
        _wanted = wanted;
        _left = left;
        _descriptor = descriptor;
        FileCalls.SetNonBlocking(descriptor, true);
        _thread = new Thread(Run) { IsBackground = true, Name = "capture" };
        _thread.Start();
    }

    public IReadOnlyList<CapturePoint> Points => _points;

    /// <summary>The writer for a new point's cable.</summary>
    public PcapngWriter AddPoint(ulong target, bool isGateway, uint number)
    {
        CaptureQueue queue = new();
        CaptureOptions options = new("", (int)_wanted.SnapLength, TimeProvider.System)
        {
            Interface = number,
            Drops = _wanted.Drops != 0,
            Filter = _wanted.Filter,
        };
        CapturePoint point = new(target, isGateway, number, queue, new PcapngWriter(queue, options));
        _points = [.. _points, point];
        return point.Writer;
    }

    /// <summary>No cable writes any more.</summary>
    public void Close()
    {
        _closedAt = Environment.TickCount64;
        _closed.Set();
    }

    /// <summary>Waits until everything is written, or cannot be.</summary>
    public void Join() => _thread.Join(2 * LastWrite);

    private void Run()
    {
        int wait = LookMilliseconds;
        while (!_closed.Wait(wait))
        {
            wait = WriteUntil(Now() - TurnNanoseconds) ? BusyLookMilliseconds : LookMilliseconds;
            if (!_isLeft && (_isBroken || !IsRead() || (_points.Length > 0 && Array.TrueForAll(_points, p => p.Queue.IsEnded))))
            {
                _isLeft = true;
                _left();
            }
        }
        WriteUntil(ulong.MaxValue);
        foreach (CapturePoint point in _points)
        {
            Write(PcapngSection.Statistics(point.Interface, Now(), point.Writer.Written + point.Writer.Missed, point.Writer.Missed));
            point.Queue.Dispose();
        }
        FileCalls.Close(_descriptor);
        _closed.Dispose();
    }

    /// <summary>Writes what is older; true when there was something.</summary>
    private bool WriteUntil(ulong horizon)
    {
        CaptureQueue[] queues = Array.ConvertAll(_points, point => point.Queue);
        bool any = false;
        int filled = 0;
        for (int length = 1; length > 0; filled += length)
        {
            length = _merge.TakeOldest(queues, horizon, _output.AsSpan(filled));
            if (length == 0 || filled + length > OutputBytes - PcapngSection.LongestBlock)
            {
                any |= filled + length > 0;
                Write(_output.AsSpan(0, filled + length));
                filled = -length;
            }
        }
        return any;
    }

    private unsafe void Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (int done = 0; done < bytes.Length && !_isBroken;)
            {
                nint result = FileCalls.Write(_descriptor, start + done, bytes.Length - done);
                if (result > 0)
                {
                    done += (int)result;
                }
                else if (result != -Errno.EAGAIN && result != -Errno.EINTR)
                {
                    _isBroken = true;
                }
                else
                {
                    AwaitRoom();
                }
            }
        }
    }

    private void AwaitRoom()
    {
        PollEntry entry = new() { Descriptor = _descriptor, Wanted = PollEntry.Out };
        FileCalls.Poll(new Span<PollEntry>(ref entry), LookMilliseconds);
        // Half a block would spoil the stream, so one that is late ends it.
        _isBroken = _closed.IsSet && Environment.TickCount64 - _closedAt > LastWrite.TotalMilliseconds;
    }

    /// <summary>Somebody holds the other end.</summary>
    private bool IsRead()
    {
        PollEntry entry = new() { Descriptor = _descriptor };
        FileCalls.Poll(new Span<PollEntry>(ref entry), 0);
        return (entry.Seen & (PollEntry.Error | PollEntry.HangUp)) == 0;
    }

    private static ulong Now() => (ulong)(DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;
}
