using System.Diagnostics;
using Weft.Engine;
using Weft.Linux;
using Weft.Switching;
using Switch = Weft.Switching.Switch;

namespace Weft.Bench.Scale;

/// <summary>
/// Theory. One row: a lane of its own with a switch and guests, of which the first <see cref="RowPlan.Busy"/> talk in pairs. A step:
///   1. each busy guest puts a burst for its partner into its transmit ring        not timed
///   2. one turn of the lane, as the worker takes it                               timed
///   3. each busy guest empties its receive ring; every frame must be there        not timed
/// A turn is taken with leave to wait, as in the worker: it never does, since frames are there, but it asks the system for events
/// in every fourth turn and looks through deadlines once a millisecond only. Without that leave it would do both in every turn.
/// The lane's own busy time counts from turn to turn, and so would have the guests' part in it: hence a clock around the turn.
/// </summary>
internal sealed unsafe class LaneRow : IDisposable
{
    public const int BurstSize = 32;

    private const ulong FirstAddress = 0x5254_0000_0000;
    private const ulong AddressesPerGuest = 1 << 16;
    private const int FramesPerSlice = 32_768;
    private const int WarmUpSteps = DriverRing.Size / BurstSize;

    /// <summary>More vain looks than after which a lane looks away (Lane.Waiting.cs).</summary>
    private const int TurnsToSilence = 10_000;

    private readonly EpollReadiness _readiness = new();
    private readonly Lane _lane;
    private readonly Switch _switch;
    private readonly FarLane? _far;
    private readonly List<MemoryGuest> _guests = [];
    private readonly RowPlan _plan;
    private ulong _sent;

    public LaneRow(RowPlan plan, string folder)
    {
        _plan = plan;
        _lane = new Lane(_readiness, TimeProvider.System);
        _switch = new Switch(_lane);
        _far = plan.IsTrunked ? new FarLane(_switch) : null;
        int stopped = plan.HasStopped ? 1 : 0;
        for (int i = 0; i < plan.Busy + plan.Idle + stopped; i++)
        {
            PortRole role = plan.Addresses > 1 ? PortRole.Uplink : PortRole.Guest;
            MemoryGuest guest = new(i % 2 == 1 && _far is not null ? _far.Switch : _switch, Path.Combine(folder, Path.GetRandomFileName()), role, plan.HasOffloads);
            _guests.Add(guest);
            Until(() => guest.Port.IsUp, "carrier");
        }
        Introduce();
    }

    public string Name => _plan.Name;

    public ulong Frames { get; private set; }

    /// <summary>Bytes allocated in timed turns.</summary>
    public long Allocated { get; private set; }

    public int Collections { get; private set; }

    /// <summary>Frames that the stopped receiver did not take, and the nanoseconds of the turns in which they were dropped.</summary>
    public ulong Dropped { get; private set; }

    public long DropTime { get; private set; }

    public ulong DroppedByPort => _plan.HasStopped ? _guests[^1].DroppedHere : 0;

    /// <summary>Steps in a row; nanoseconds of lane time per frame.</summary>
    public double Slice()
    {
        Prepare();
        for (int i = 0; i < WarmUpSteps; i++)
        {
            Step();
        }
        int steps = Math.Max(WarmUpSteps, FramesPerSlice / (BurstSize * _plan.Busy));
        int collections = GC.CollectionCount(0);
        long time = 0;
        for (int i = 0; i < steps; i++)
        {
            time += Step();
        }
        Collections += GC.CollectionCount(0) - collections;
        Frames += (ulong)(steps * BurstSize * _plan.Busy);
        return (double)time * 1_000_000_000 / Stopwatch.Frequency / (steps * BurstSize * _plan.Busy);
    }

    public void Dispose()
    {
        _guests.ForEach(guest => guest.Dispose());
        _far?.Dispose();
        _switch.Dispose();
        _lane.Dispose();
        _readiness.Dispose();
    }

    /// <summary>Every address is learned, and guests that are to be silent are so for long enough.</summary>
    private void Introduce()
    {
        for (int i = 0; i < _guests.Count; i++)
        {
            for (ulong told = 0; told < (ulong)_plan.Addresses; told += BurstSize)
            {
                _guests[i].Send(AddressOf(i), AddressOf(i), BurstSize, told, (ulong)_plan.Addresses);
                Until(() => _guests[i].Unsent == 0, "learning");
                _guests.ForEach(guest => guest.Receive());
            }
        }
        if (_plan.Idle > 0 && !_plan.IdleWereHeard)
        {
            for (int i = 0; i < TurnsToSilence; i++)
            {
                Step();
            }
        }
    }

    /// <summary>What happens once before each slice.</summary>
    private void Prepare()
    {
        for (int i = 0; _plan.IdleWereHeard && i < _plan.Idle; i++)
        {
            int idle = _plan.Busy + i;
            _guests[idle].Send(AddressOf(idle), AddressOf(idle), 1);
        }
        Until(() => _guests.TrueForAll(guest => guest.Unsent == 0), "the idle guests' frames");
    }

    private long Step()
    {
        if (_plan.HasStopped)
        {
            SendToStopped();
        }
        for (int i = 0; i < _plan.Busy; i++)
        {
            _guests[i].Send(AddressOf(i), AddressOf(i ^ 1), BurstSize, _sent, (ulong)_plan.Addresses);
        }
        _sent += BurstSize;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        Forward();
        long time = Stopwatch.GetTimestamp() - start;
        Allocated += GC.GetAllocatedBytesForCurrentThread() - allocated;
        for (int i = 0; i < _plan.Busy; i++)
        {
            int received = _guests[i].Receive();
            if (received != BurstSize)
            {
                throw new InvalidOperationException($"{Name}: guest {i} received {received} of {BurstSize} frames");
            }
        }
        return time;
    }

    private void Forward()
    {
        if (!_plan.IsBare)
        {
            bool isFirst = true;
            do
            {
                _lane.Turn(mayWait: isFirst || _far is null);
                _far?.Lane.Turn(mayWait: isFirst);
                isFirst = false;
            }
            while (HasUnsent());
            if (_far is not null)
            {
                // What came over the trunk toward here; something did.
                _lane.Turn(mayWait: true);
            }
            return;
        }
        for (int i = 0; i < _plan.Busy; i++)
        {
            _guests[i].Bare.SendTo(_guests[i ^ 1].Bare);
        }
    }

    /// <summary>A port that was silent is heard of by its kick, which the lane asks for in some turns only.</summary>
    private bool HasUnsent()
    {
        for (int i = 0; i < _plan.Busy; i++)
        {
            if (_guests[i].Unsent > 0)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The first guest sends to one whose ring has been full since long ago.</summary>
    private void SendToStopped()
    {
        _guests[0].Send(AddressOf(0), AddressOf(_guests.Count - 1), BurstSize);
        long start = Stopwatch.GetTimestamp();
        _lane.Turn(mayWait: false);
        DropTime += Stopwatch.GetTimestamp() - start;
        Dropped += BurstSize;
        // Held once, when its ring becomes full. Turns in the meantime would be so many vain looks at the others.
        while (_guests[0].Unsent > 0)
        {
            Thread.Sleep(1);
            _lane.Turn(mayWait: false);
        }
    }

    private static ulong AddressOf(int guest) => FirstAddress + (ulong)guest * AddressesPerGuest;

    private void Until(Func<bool> fact, string what)
    {
        Stopwatch time = Stopwatch.StartNew();
        while (!fact())
        {
            _lane.Turn(mayWait: false);
            _far?.Lane.Turn(mayWait: false);
            if (time.Elapsed.TotalSeconds > 10)
            {
                throw new TimeoutException($"{Name}: {what} did not come");
            }
        }
    }
}
