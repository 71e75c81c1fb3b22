namespace Weft.Linux.Keeping;

/// <summary>End of turn: what is owed to the keeper leaves. Adds become safe here.</summary>
public sealed unsafe partial class KeeperLink
{
    private bool _owesMemory;
    private bool _owesReady;

    // From here on the slots of a new keeper have not been told; at the end of the table when all have.
    private int _resendFrom = int.MaxValue;

    // Operations of the next message; 1 while a descriptor that cannot be sent is looked for.
    private int _perMessage = KeeperMessage.MaxOperations;

    private bool OwesState => _owesMemory || _resendFrom < _slots.End;

    public bool Flush()
    {
        if (_socket < 0 || (_queueHead == _queueTail && !_owesReady && !OwesState))
        {
            return true;
        }
        lock (_gate)
        {
            return _socket < 0 || FlushQueue();
        }
    }

    public void OnTurnEnd() => FlushAndAsk();

    /// <summary>False when something waits for room in the keeper's socket.</summary>
    internal bool FlushAndAsk()
    {
        if (!Flush())
        {
            return false;
        }
        if (_asking.Count == 0)
        {
            return true;
        }
        lock (_gate)
        {
            Ask();
            return _asking.Count == 0 || _awaitedCount > 0;
        }
    }

    private bool FlushQueue()
    {
        int result = SendOwed();
        while (result >= 0 && _queueHead != _queueTail)
        {
            result = SendQueued();
        }
        if (result >= 0)
        {
            _retryAt = long.MaxValue;
            _perMessage = KeeperMessage.MaxOperations;
            return true;
        }
        if (result is -Errno.EPIPE or -Errno.ECONNRESET or -Errno.ENOTCONN)
        {
            LoseCover();
            return true;
        }
        Busy++;
        _retryAt = RetryTime();
        return false;
    }

    /// <summary>To a new keeper: the memory, then every slot that is not in the queue, then "ready".</summary>
    private int SendOwed()
    {
        int result = 0;
        if (_owesMemory)
        {
            _message.Begin(KeeperMessageKind.Memory, Environment.ProcessId);
            _message.Attach(_memory!.Descriptor);
            result = _message.Send(_socket);
            _owesMemory = result < 0;
        }
        while (result >= 0 && _resendFrom < _slots.End)
        {
            result = SendHeld();
        }
        _resendFrom = result >= 0 ? int.MaxValue : _resendFrom;
        if (result >= 0 && _owesReady)
        {
            _message.Begin(KeeperMessageKind.Ready);
            result = _message.Send(_socket);
            _owesReady = result < 0;
        }
        return result;
    }

    private int SendHeld()
    {
        _message.Begin(KeeperMessageKind.Batch);
        int slot = _resendFrom;
        for (; slot < _slots.End && _message.Count < _perMessage; slot++)
        {
            if (_slots.State(slot) is SlotState.Held or SlotState.Inherited)
            {
                _message.Add(slot, _slots.Descriptor(slot));
            }
        }
        int result = SendBatch();
        if (result > 0)
        {
            _resendFrom = slot;
        }
        return result;
    }

    private int SendQueued()
    {
        _message.Begin(KeeperMessageKind.Batch);
        uint at = _queueHead;
        for (; at != _queueTail && _message.Count < _perMessage; at++)
        {
            int slot = _queue[at & _queueMask];
            switch (_slots.State(slot))
            {
                case SlotState.Queued:
                    _message.Add(slot, _slots.Descriptor(slot));
                    break;
                case SlotState.Leaving:
                    _message.Drop(slot);
                    break;
            }
        }
        int result = SendBatch();
        if (result > 0)
        {
            for (; _queueHead != at; _queueHead++)
            {
                Settle(_queue[_queueHead & _queueMask]);
            }
        }
        return result;
    }

    /// <summary>Above zero: done with this batch. 0: try it in smaller pieces. Below: it waits.</summary>
    private int SendBatch()
    {
        if (_message.Count == 0)
        {
            return 1;
        }
        int result = _message.Send(_socket);
        if (result != -Errno.EBADF)
        {
            return result;
        }
        if (_message.Count > 1)
        {
            _perMessage = 1;
            return 0;
        }
        // A number that is no descriptor any more must not stop all others; its flow goes on without cover.
        Refused++;
        return 1;
    }

    private void Settle(int slot)
    {
        ref SlotState state = ref _slots.State(slot);
        if (state == SlotState.Queued)
        {
            state = SlotState.Held;
        }
        else
        {
            _slots.Free(slot);
        }
    }
}
