using Weft.Engine;

namespace Weft.Linux.Keeping;

/// <summary>
/// Theory. Connections of kept listeners are accepted by the keeper: who accepts holds the only descriptor for a moment, and a
/// client whose worker dies in that moment would be reset. The worker asks at the end of a turn and names free slots; the
/// keeper accepts into its table, then answers with duplicates. Killed before the question, the worker leaves the client in
/// the listener's queue; killed after it, it leaves a slot that no record claims, which the successor calls through.
/// One question is open at a time, so an answer always finds room in the socket; targets wait their turn in order.
/// Costs one message each way per up to <see cref="MostAccepts"/> connections.
/// </summary>
public sealed unsafe partial class KeeperLink
{
    /// <summary>Connections per question.</summary>
    public const int MostAccepts = 32;

    private readonly Queue<IAcceptTarget> _asking = new();
    private readonly int[] _awaited = new int[MostAccepts];
    private readonly KeeperMessage _answer = new();
    private int _awaitedCount;

    public bool AskAccept(IAcceptTarget target)
    {
        lock (_gate)
        {
            if (IsCovered)
            {
                _asking.Enqueue(target);
            }
            return IsCovered;
        }
    }

    /// <summary>Sends the next question, when none is open and the keeper knows all that was added before it.</summary>
    private void Ask()
    {
        while (_awaitedCount == 0 && _socket >= 0 && _asking.TryPeek(out IAcceptTarget? target))
        {
            if (target.ListenerSlot < 0)
            {
                _asking.Dequeue();
                continue;
            }
            TakeAwaited();
            if (_awaitedCount == 0)
            {
                _asking.Dequeue().OnAcceptEnd(-Errno.EMFILE);
                continue;
            }
            if (SendQuestion(target.ListenerSlot) < 0)
            {
                FreeAwaited();
                return;
            }
        }
    }

    private void TakeAwaited()
    {
        for (; _awaitedCount < MostAccepts && !IsFull; _awaitedCount++)
        {
            _awaited[_awaitedCount] = _slots.Take(-1, SlotState.Awaited);
        }
    }

    private int SendQuestion(int listenerSlot)
    {
        _message.Begin(KeeperMessageKind.Accept, listenerSlot);
        for (int i = 0; i < _awaitedCount; i++)
        {
            _message.Want(_awaited[i]);
        }
        int result = _message.Send(_socket);
        if (result is -Errno.EPIPE or -Errno.ECONNRESET)
        {
            LoseCover();
        }
        else if (Errno.IsBusy(result))
        {
            Busy++;
            _retryAt = RetryTime();
        }
        return result;
    }

    /// <summary>Reads what the keeper says while the worker serves: answers, and its end.</summary>
    private void Hear()
    {
        while (_socket >= 0)
        {
            int received = _answer.Receive(_socket);
            if (received is -Errno.EAGAIN or -Errno.EINTR)
            {
                return;
            }
            if (received <= 0 || _answer.Kind != KeeperMessageKind.Accepted || _awaitedCount == 0)
            {
                LoseCover();
                return;
            }
            TakeAnswer();
        }
    }

    private void TakeAnswer()
    {
        IAcceptTarget target = _asking.Dequeue();
        long result = _answer.Value;
        for (int i = 0; i < _answer.Count; i++)
        {
            if (!_answer[i].IsDrop && !TryTakeOne(target, _answer[i].Slot, _answer.TakeDescriptor()))
            {
                result = -Errno.EMFILE;
            }
        }
        FreeAwaited();
        target.OnAcceptEnd((int)result);
    }

    /// <summary>False when this process had no room for the descriptor: the keeper's end of the connection goes too.</summary>
    private bool TryTakeOne(IAcceptTarget target, int slot, int descriptor)
    {
        if ((uint)slot >= (uint)_slots.Capacity || _slots.State(slot) != SlotState.Awaited)
        {
            FileCalls.Close(descriptor);
            return true;
        }
        _slots.Fill(slot, descriptor, SlotState.Held);
        if (descriptor < 0)
        {
            Drop(slot);
            return false;
        }
        target.OnAccepted(descriptor, slot);
        return true;
    }

    private void FreeAwaited()
    {
        for (; _awaitedCount > 0; _awaitedCount--)
        {
            int slot = _awaited[_awaitedCount - 1];
            if (_slots.State(slot) == SlotState.Awaited)
            {
                _slots.Free(slot);
            }
        }
    }

    /// <summary>The keeper is gone, and with it whom it had just accepted: from here on targets accept themselves.</summary>
    private void EndQuestions()
    {
        FreeAwaited();
        while (_asking.TryDequeue(out IAcceptTarget? target))
        {
            target.OnAcceptEnd(-Errno.ECONNRESET);
        }
    }
}
