using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Messages;
using Weft.Linux.Sockets;

namespace Weft.Endpoints.Seqpacket;

/// <summary>
/// Out: one batch per delivery, runs as they are. Room is an estimate in the kernel's own coin (<see cref="MessageCost"/>), looked up
/// only when less than a burst is surely left. The wake-up for room is asked for when it is gone: it does not come by itself.
/// </summary>
public sealed partial class SeqpacketEndpoint
{
    private readonly OutgoingMessages _outgoing;
    private readonly int _frameCost;
    private int _sendBuffer;
    private int _credit;
    private bool _full;

    public int Room
    {
        get
        {
            if (_full || _connection < 0)
            {
                return 0;
            }
            if (_credit < Burst.Capacity)
            {
                int queued = SocketCalls.Queue(_connection, SocketConstants.OutQueue);
                _credit = queued < 0 ? 0 : Math.Max(0, (_sendBuffer - queued) / _frameCost);
                if (_credit == 0)
                {
                    BecomeFull();
                }
            }
            return Math.Min(_credit, Burst.Capacity);
        }
    }

    public void Deliver(ReadOnlySpan<FrameRef> frames)
    {
        int count = _outgoing.Compose(frames, _port);
        int done = 0;
        while (done < count && !_full && _connection >= 0)
        {
            int sent = _outgoing.Send(_connection, done, count);
            if (sent > 0)
            {
                done += sent;
                _credit = Math.Max(0, _credit - sent);
            }
            else if (!GoesOn(sent, ref done))
            {
                return;
            }
        }
        if (done < count)
        {
            _port.Drop(_connection < 0 ? DropReason.PeerGone : DropReason.PortFull, (ulong)(count - done));
        }

        // True when the next frames may be tried; counts what cannot go.
        bool GoesOn(int error, ref int at)
        {
            switch (error)
            {
                case -Errno.EINTR:
                    return true;
                case -Errno.EMSGSIZE:
                    at++;
                    _port.Drop(DropReason.Oversized);
                    return true;
                case -Errno.EAGAIN or -Errno.ENOBUFS or -Errno.ENOMEM:
                    BecomeFull();
                    return true;
                default:
                    // The end of the connection is handled where it is reported: the switch is in the middle of a burst here.
                    _port.Drop(DropReason.PeerGone, (ulong)(count - at));
                    return false;
            }
        }
    }

    private void BeginDeliver()
    {
        _full = false;
        _credit = 0;
        _sendBuffer = Math.Max(0, SocketCalls.GetOption(_connection, SocketConstants.LevelSocket, SocketConstants.SendBuffer));
    }

    private void BecomeFull()
    {
        _full = true;
        _port.Lane.Readiness.Rewatch(_connection, ConnectionToken, ConnectionInterest | Engine.Ready.Write);
    }

    private void WritableAgain()
    {
        if (_full)
        {
            _full = false;
            _credit = 0;
            _port.Lane.Readiness.Rewatch(_connection, ConnectionToken, ConnectionInterest);
            _port.RoomAgain();
        }
    }
}
