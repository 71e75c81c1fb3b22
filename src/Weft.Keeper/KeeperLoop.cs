using System.Diagnostics;
using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Memory;

namespace Weft.Keeper;

/// <summary>
/// Theory. The keeper outlives workers: it holds the shared memory and, by slot, a duplicate of every descriptor that a
/// worker wants to survive. One thread, one poll, no memory taken but for starting a process.
///   turn       here                    wait, accept, read, hand over, notice ends, start what is due
///   messages   KeeperLoop.Messages.cs   what workers say
///   accepts    KeeperLoop.Accepts.cs    connections of kept listeners, accepted for the worker
///   workers    KeeperLoop.Workers.cs    start, hand over, end, promote
/// Two seats. The active worker serves and tells adds and drops; the standby is started and warm and has the shared memory,
/// so that a takeover is: the end is seen (pidfd), the dead one's socket is read to its end (a queued message holds its
/// descriptors already), the slots and "go" are sent. A standby that is still starting is promoted too and is handed over
/// to at its hello: starting a third one would not be sooner.
/// Adds and drops are not urgent, since a queued message holds its descriptors: after reading some the keeper rests a
/// millisecond from that socket, so that ten thousand flows a second wake it a thousand times. Questions are: while a worker
/// asks (accepts), there is no rest.
/// A worker whose connection ends, or that says what its phase does not allow, is killed. That is safe, it is what
/// survival is made for; to go on with a worker that does not tell its descriptors is not.
/// </summary>
internal sealed partial class KeeperLoop : IDisposable
{
    private const int Listener = 0;
    private const int ActivePid = 1;
    private const int StandbyPid = 2;
    private const int ActiveSocket = 3;
    private const int StandbySocket = 4;
    private const long Never = long.MaxValue;

    /// <summary>A worker that asked within so many milliseconds is listened to without rest.</summary>
    private const long AnswerPatience = 100;

    private readonly PollEntry[] _entries = new PollEntry[5];
    private readonly KeeperMessage _message = new();
    private readonly KeeperMessage _accepted = new();
    private readonly IWorkerStarter _starter;
    private readonly SharedMemory _memory;
    private readonly DescriptorTable _table;
    private readonly RestartDelay _restart = new();
    private readonly int _listener;
    private WorkerSeat _active = new();
    private WorkerSeat _standby = new();
    private long _acceptAt;
    private long _startAt;
    private long _standbyAt;
    private long _retryAt = Never;
    private long _endAt = Never;
    private long _restUntil;
    private long _lastQuestion = -AnswerPatience;

    /// <param name="listener">Where workers connect; owned.</param>
    /// <param name="memory">The shared memory; owned.</param>
    public KeeperLoop(int listener, SharedMemory memory, int slots, IWorkerStarter starter)
    {
        _listener = listener;
        _memory = memory;
        _table = new DescriptorTable(slots);
        _starter = starter;
        _startAt = Now;
        _standbyAt = Never;
    }

    /// <summary>Milliseconds that the worker's socket is left alone after it was read empty.</summary>
    public int Rest { get; init; } = 1;

    /// <summary>Descriptors that are held.</summary>
    public int Held => _table.Count;

    /// <summary>Adds whose descriptor did not come, since this process had no room for it: those flows end with their worker.</summary>
    public ulong Missed { get; private set; }

    /// <summary>Times that a worker was told to go.</summary>
    public uint Takeovers { get; private set; }

    public bool IsServing => _active is { Phase: WorkerPhase.Active, HasServed: true };

    public WorkerSeat Standby => _standby;

    public bool HasStandby => _standby.Phase == WorkerPhase.Waiting;

    private static long Now => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);

    private bool IsStopping => _endAt != Never;

    /// <summary>The keeper's whole life; returns after an orderly stop.</summary>
    public void Run()
    {
        while (Turn(-1))
        {
        }
    }

    /// <summary>One turn, which waits at most so many milliseconds (−1: until something is due). False when all is over.</summary>
    public bool Turn(int milliseconds)
    {
        // One reading of the clock: what is left out of the poll must be what the wait ends for.
        long now = Now;
        Arrange(now);
        FileCalls.Poll(_entries, WaitTime(now, milliseconds));
        if (Seen(ActiveSocket))
        {
            Read(_active);
        }
        if (Seen(StandbySocket))
        {
            Read(_standby);
        }
        // Ends come after reads: seats change places, entries do not.
        if (Seen(StandbyPid))
        {
            EndStandby();
        }
        if (Seen(ActivePid))
        {
            EndActive();
        }
        if (Seen(Listener))
        {
            Accept();
        }
        return StartDue();
    }

    public void Dispose()
    {
        FileCalls.Close(_listener);
        _active.CloseSocket();
        _standby.CloseSocket();
        _table.Dispose();
        _memory.Dispose();
        _message.Dispose();
        _accepted.Dispose();
    }

    private void Arrange(long now)
    {
        bool isResting = now < _restUntil && !_active.WantsRoom;
        Set(Listener, now >= _acceptAt ? _listener : -1);
        Set(ActivePid, _active.Pidfd);
        Set(StandbyPid, _standby.Pidfd);
        Set(ActiveSocket, isResting ? -1 : _active.Socket, _active.WantsRoom);
        Set(StandbySocket, _standby.Socket);
    }

    private void Set(int entry, int descriptor, bool wantsRoom = false) => _entries[entry] = new PollEntry
    {
        Descriptor = descriptor,
        Wanted = wantsRoom ? (short)(PollEntry.In | PollEntry.Out) : PollEntry.In,
    };

    private bool Seen(int entry) => _entries[entry].Seen != 0;

    private int WaitTime(long now, int most)
    {
        long due = Math.Min(IsStopping ? _endAt : NextDue(now), _restUntil > now ? _restUntil : Never);
        if (due == Never)
        {
            return most;
        }
        int wait = (int)Math.Clamp(due - now, 0, 60_000);
        return most < 0 ? wait : Math.Min(most, wait);
    }

    private long NextDue(long now)
    {
        long due = Math.Min(_retryAt, _acceptAt > now ? _acceptAt : Never);
        due = Math.Min(due, _active.Phase == WorkerPhase.None ? _startAt : HelloLimit(_active));
        return Math.Min(due, _standby.Phase == WorkerPhase.None ? _standbyAt : HelloLimit(_standby));
    }
}
