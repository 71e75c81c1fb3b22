using Weft.Engine;

namespace Weft.Tests.Simulation;

/// <summary>
/// The keeper: adds and drops wait in a queue until Flush, and are lost when the worker dies before. Questions to accept leave
/// with a Flush too; what the keeper accepted stays in its slot whether or not the worker lives to see the answer.
/// </summary>
internal sealed class SimulatedKeeper : IDescriptorKeeper
{
    private readonly SimulatedWorld _world;
    private readonly DescriptorTable _descriptors;
    private readonly FaultSeam _seam;
    private readonly Queue<(int Slot, KernelSocket? Socket)> _queued = new();
    private readonly Stack<int> _free = new();
    private readonly Queue<IAcceptTarget> _asking = new();
    private readonly Queue<Action> _answers = new();
    private readonly Action _wake;
    private int _next;

    /// <param name="wake">Gives the worker another turn: an answer is there.</param>
    public SimulatedKeeper(SimulatedWorld world, DescriptorTable descriptors, FaultSeam seam, Action wake)
    {
        _wake = wake;
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

    public bool AskAccept(IAcceptTarget target)
    {
        if (IsCovered)
        {
            _asking.Enqueue(target);
        }
        return IsCovered;
    }

    public int Add(int descriptor)
    {
        int slot = TakeSlot();
        if (slot < 0)
        {
            return -1;
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
        bool isAllKept = FlushQueue();
        while (isAllKept && _asking.TryDequeue(out IAcceptTarget? target))
        {
            Ask(target);
        }
        return isAllKept;
    }

    /// <summary>Answers that have come; the worker's turn.</summary>
    public void Hear()
    {
        while (_answers.TryDequeue(out Action? answer))
        {
            answer();
        }
    }

    private void Ask(IAcceptTarget target)
    {
        if (target.ListenerSlot < 0 || _seam.Enter() != 0)
        {
            return;
        }
        List<(int Slot, KernelTcp Connection)> accepted = [];
        var listener = _world.Kept.GetValueOrDefault(target.ListenerSlot) as KernelListener;
        while (listener?.Next() is { } connection && TakeSlot() is >= 0 and int slot)
        {
            connection.Hold();
            listener.TakeNext();
            _world.Kept[slot] = connection;
            accepted.Add((slot, connection));
        }
        _world.Time.After(20, () =>
        {
            _answers.Enqueue(() => Answer(target, accepted, listener is null ? -Errno.BadDescriptor : -Errno.Again));
            _wake();
        });
        _seam.Leave(0);
    }

    private void Answer(IAcceptTarget target, List<(int Slot, KernelTcp Connection)> accepted, int result)
    {
        foreach ((int slot, KernelTcp connection) in accepted)
        {
            target.OnAccepted(_descriptors.Add(connection), slot);
        }
        target.OnAcceptEnd(result);
    }

    private int TakeSlot() => _free.TryPop(out int slot) ? slot : _next == Limit ? -1 : _next++;

    private bool FlushQueue()
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
        _asking.Clear();
        _answers.Clear();
    }
}
