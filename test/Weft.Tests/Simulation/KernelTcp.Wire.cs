using Weft.Engine;

namespace Weft.Tests.Simulation;

/// <summary>What passes between the two ends of a simulated connection, a latency after it was given.</summary>
internal sealed partial class KernelTcp
{
    /// <summary>The far end has bytes or a FIN to send, or the near one room again.</summary>
    public void ScheduleDown()
    {
        if (!_downScheduled && _peer is not null)
        {
            _downScheduled = true;
            World.Time.After(World.Latency, MoveDown);
        }
    }

    /// <summary>The far end has room again.</summary>
    public void ScheduleUp()
    {
        if (!_upScheduled && _peer is not null)
        {
            _upScheduled = true;
            World.Time.After(World.Latency, MoveUp);
        }
    }

    /// <summary>A reset from the far end arrives.</summary>
    public void OnReset()
    {
        if (State != Closed)
        {
            Die(State == CloseWait ? Errno.BrokenPipe : Errno.ConnectionReset);
        }
    }

    private void MoveUp()
    {
        _upScheduled = false;
        if (_peer is not { } peer || State == Closed)
        {
            return;
        }
        byte[] bytes = _out.Take(Math.Min(World.RoundBytes, peer.Room));
        _acked += (ulong)bytes.Length;
        if (bytes.Length > 0)
        {
            peer.Receive(bytes);
            WakeWriter();
        }
        if (_out.Length > 0)
        {
            if (peer.Room > 0)
            {
                ScheduleUp();
            }
        }
        else if (_finQueued && !_finAcked)
        {
            FinAcknowledged(peer);
        }
    }

    private void FinAcknowledged(TcpPeer peer)
    {
        _finAcked = true;
        _acked++;
        State = State switch
        {
            FinWait1 => FinWait2,
            Closing or LastAck => Closed,
            _ => State,
        };
        peer.ReceiveFin();
        Notify(State == Closed ? Ready.HangUp : Ready.None);
    }

    private void MoveDown()
    {
        _downScheduled = false;
        if (_peer is not { } peer || State == Closed)
        {
            return;
        }
        if (_orphan && peer.Waiting > 0)
        {
            TellReset();
            State = Closed;
            return;
        }
        byte[] bytes = peer.TakeWaiting(Math.Min(World.RoundBytes, _in.Room));
        _in.Append(bytes);
        _received += (ulong)bytes.Length;
        if (bytes.Length > 0)
        {
            Notify(Ready.Read);
        }
        if (peer.Waiting > 0)
        {
            if (_in.Room > 0)
            {
                ScheduleDown();
            }
        }
        else if (peer.HasFinWaiting && !_finReceived)
        {
            FinArrived();
        }
    }

    private void FinArrived()
    {
        _finReceived = true;
        _received++;
        State = State switch
        {
            Established => CloseWait,
            FinWait1 => Closing,
            FinWait2 => Closed,
            _ => State,
        };
        Notify(Ready.Read | Ready.PeerClosed | Ready.HangUp);
    }

    private void WakeWriter()
    {
        if (_noSpace && IsWritable)
        {
            _noSpace = false;
            Notify(Ready.Write);
        }
    }

    private void Die(int errno)
    {
        State = Closed;
        Error = errno;
        Notify(Ready.Error | Ready.HangUp);
    }

    private void TellReset()
    {
        TcpPeer? peer = _peer;
        World.Time.After(World.Latency, () => peer?.ReceiveReset());
    }
}
