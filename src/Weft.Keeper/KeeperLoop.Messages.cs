using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Keeper;

/// <summary>Connections and messages of workers.</summary>
internal sealed partial class KeeperLoop
{
    private const int MessagesPerTurn = 64;
    private const int AcceptPauseMilliseconds = 100;

    /// <summary>Lets in whom we started, nobody else.</summary>
    private void Accept()
    {
        while (true)
        {
            int socket = SocketCalls.Accept(_listener);
            if (socket < 0)
            {
                // Out of descriptors the listener stays readable: look away for a while instead of spinning.
                _acceptAt = socket == -Errno.EAGAIN ? 0 : Now + AcceptPauseMilliseconds;
                return;
            }
            WorkerSeat? seat = UnixSockets.PeerOf(socket, out UnixPeer peer) == 0 && UnixSockets.IsOwnerOrRoot(socket) ? SeatOf(peer.Process) : null;
            if (seat is null)
            {
                FileCalls.Close(socket);
                continue;
            }
            seat.Socket = socket;
            Read(seat);
        }
    }

    private WorkerSeat? SeatOf(int pid) => Awaits(_active, pid) ? _active : Awaits(_standby, pid) ? _standby : null;

    private static bool Awaits(WorkerSeat seat, int pid) => seat.Phase == WorkerPhase.Starting && seat.Socket < 0 && seat.Pid == pid;

    private void Read(WorkerSeat seat)
    {
        if (seat.WantsRoom)
        {
            GoOn(seat);
        }
        bool mayRest = false;
        for (int i = 0; i < MessagesPerTurn && seat.Socket >= 0; i++)
        {
            int received = _message.Receive(seat.Socket);
            if (received == -Errno.EAGAIN)
            {
                _restUntil = mayRest && Now - _lastQuestion > AnswerPatience ? Now + Rest : 0;
                return;
            }
            if (received == -Errno.ECONNRESET)
            {
                // It died with something of ours unread. The error comes before what it had sent: go on reading.
                continue;
            }
            mayRest = received > 0 && _message.Kind == KeeperMessageKind.Batch;
            if (received <= 0 || !Take(seat))
            {
                HangUp(seat);
            }
        }
    }

    /// <summary>What a dead worker had still sent. Its socket ends with 0.</summary>
    private void Drain(WorkerSeat seat)
    {
        while (seat.Socket >= 0)
        {
            int received = _message.Receive(seat.Socket);
            if (received != -Errno.ECONNRESET && (received <= 0 || !Take(seat)))
            {
                seat.CloseSocket();
            }
        }
    }

    private void HangUp(WorkerSeat seat)
    {
        seat.CloseSocket();
        if (!IsStopping)
        {
            seat.Kill();
        }
    }

    /// <summary>Acts on the message that came. False when the worker may not say it now.</summary>
    private bool Take(WorkerSeat seat)
    {
        switch (_message.Kind)
        {
            case KeeperMessageKind.Hello when seat.Phase == WorkerPhase.Starting:
                return Welcome(seat);
            case KeeperMessageKind.Batch when seat.Phase == WorkerPhase.Active:
                Apply();
                return true;
            case KeeperMessageKind.Accept when seat.Phase == WorkerPhase.Active:
                AcceptFor(seat);
                return true;
            case KeeperMessageKind.Ready when seat.Phase == WorkerPhase.Active:
                seat.HasServed = true;
                return true;
            case KeeperMessageKind.Stop when seat.Phase == WorkerPhase.Active:
                Stop();
                return true;
            default:
                return false;
        }
    }

    private void Apply()
    {
        for (int i = 0; i < _message.Count; i++)
        {
            SlotOperation operation = _message[i];
            if (operation.IsDrop)
            {
                _table.Drop(operation.Slot);
                continue;
            }
            int descriptor = _message.TakeDescriptor();
            if (descriptor < 0)
            {
                _table.Drop(operation.Slot);
                Missed++;
            }
            else if (!_table.Put(operation.Slot, descriptor))
            {
                Missed++;
            }
        }
    }
}
