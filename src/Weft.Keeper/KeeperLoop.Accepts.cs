using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Sockets;

namespace Weft.Keeper;

/// <summary>
/// Accepts for the worker, so that a connection lies in the table before the worker has seen it. Whatever happens to the worker
/// then, its successor is handed the slot. The worker has one question open at a time; its answer waits here when it must.
/// </summary>
internal sealed partial class KeeperLoop
{
    /// <summary>Answers the question that came.</summary>
    private void AcceptFor(WorkerSeat seat)
    {
        _lastQuestion = Now;
        long slot = _message.Value;
        int listener = slot >= 0 && slot < _table.End ? _table[(int)slot] : -1;
        int result = listener < 0 ? -Errno.EBADF : 0;
        _accepted.Begin(KeeperMessageKind.Accepted);
        for (int i = 0; i < _message.Count; i++)
        {
            int into = _message[i].Slot;
            result = result < 0 ? result : SocketCalls.Accept(listener);
            if (result >= 0 && _table.Put(into, result))
            {
                _accepted.Add(into, result);
            }
            else
            {
                _accepted.Drop(into);
            }
        }
        _accepted.Value = Math.Min(result, 0);
        SendAccepted(seat);
    }

    /// <summary>A worker that is gone needs no answer: its successor is handed the slots.</summary>
    private void SendAccepted(WorkerSeat seat)
    {
        seat.WantsRoom = false;
        _retryAt = Never;
        int result = _accepted.Send(seat.Socket);
        if (Errno.IsBusy(result))
        {
            TryLater(seat, result);
        }
    }
}
