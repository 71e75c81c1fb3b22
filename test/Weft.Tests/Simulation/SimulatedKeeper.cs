using Weft.Engine;

namespace Weft.Tests.Simulation;

/// <summary>The keeper: adds and drops wait in a queue until Flush, and are lost when the worker dies before.</summary>
internal sealed class SimulatedKeeper : IDescriptorKeeper
{
    private readonly SimulatedWorld _world;
    private readonly DescriptorTable _descriptors;
    private readonly FaultSeam _seam;
    private readonly Queue<(int Slot, KernelSocket? Socket)> _queued = new();
    private readonly Stack<int> _free = new();
    private int _next;

    public SimulatedKeeper(SimulatedWorld world, DescriptorTable descriptors, FaultSeam seam)
    {
        _world = world;
        _descriptors = descriptors;
        _seam = seam;
        _next = world.Kept.Count == 0 ? 0 : world.Kept.Keys.Max() + 1;
        for (int slot = 0; slot < _next; slot++)
        {
            if (!world.Kept.ContainsKey(slot))
            {
                _free.Push(slot);
            }
        }
    }

    public bool IsCovered { get; set; } = true;

    /// <summary>While true, Flush answers as a full socket does.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>Slots that there are.</summary>
    public int Limit { get; set; } = 1_000_000;

    public bool AllKept => _queued.Count == 0;

    public int Add(int descriptor)
    {
        if (!_free.TryPop(out int slot))
        {
            if (_next == Limit)
            {
                return -1;
            }
            slot = _next++;
        }
        KernelSocket socket = _descriptors[descriptor] ?? throw new InvalidOperationException("kept a descriptor that is not open");
        socket.Hold();
        _queued.Enqueue((slot, socket));
        return slot;
    }

    public void Drop(int slot)
    {
        _queued.Enqueue((slot, null));
        _free.Push(slot);
    }

    public bool Flush()
    {
        if (_queued.Count == 0)
        {
            return true;
        }
        if (_seam.Enter() != 0 || IsBlocked)
        {
            return false;
        }
        while (_queued.TryDequeue(out (int Slot, KernelSocket? Socket) entry))
        {
            if (entry.Socket is { } socket)
            {
                _world.Kept[entry.Slot] = socket;
            }
            else if (_world.Kept.Remove(entry.Slot, out KernelSocket? dropped))
            {
                dropped.Let();
            }
        }
        return _seam.Leave(true);
    }

    /// <summary>The worker died: what was queued never left.</summary>
    public void Die()
    {
        while (_queued.TryDequeue(out (int Slot, KernelSocket? Socket) entry))
        {
            entry.Socket?.Let();
        }
    }
}
