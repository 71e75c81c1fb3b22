using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>The receiving half.</summary>
internal sealed partial class GuestTcp
{
    private readonly SortedDictionary<long, byte[]> _outOfOrder = [];
    private uint _rcvNxt;
    private uint _rcvEdge;
    private uint _recentStamp;
    private uint _finSeq;
    private bool _finKnown;
    private bool _isReading = true;
    private int _unread;
    private int _unacknowledged;
    private long _ackTimer;
    private uint _newest;

    /// <summary>Bytes received in order.</summary>
    public long Received { get; private set; }

    /// <summary>What the test waits for; a stall is only counted before.</summary>
    public long Expected { get; set; }

    /// <summary>Position of the first wrong byte; −1 while all were right.</summary>
    public long FirstWrong { get; private set; } = -1;

    /// <summary>False: the program stops reading, and the window closes when the buffer is full.</summary>
    public bool IsReading
    {
        get => _isReading;
        set
        {
            _isReading = value;
            if (value && _unread > 0)
            {
                _unread = 0;
                SendAck();
            }
        }
    }

    /// <summary>Right edge of what this guest has offered.</summary>
    public uint OfferedEdge => _rcvEdge;

    public int ChallengesSent { get; private set; }

    private void ReceiveOpen(GuestSegment segment)
    {
        if (segment.Is(GuestSegment.Rst))
        {
            TakeReset(segment);
            return;
        }
        if (segment.Is(GuestSegment.Syn))
        {
            ChallengesSent++;
            SendAck();
            return;
        }
        if (segment.Timestamps is null && _stamps)
        {
            Violate("segment without the timestamps that were agreed");
        }
        int beyond = (int)(segment.End - _rcvEdge) - (segment.Is(GuestSegment.Fin) ? 1 : 0);
        if (segment.Payload.Length > 0 && beyond > _stack.Forgiven)
        {
            Violate($"{beyond} bytes beyond the window");
        }
        if ((int)(segment.Seq - _rcvNxt) < 0 && (int)(segment.End - _rcvNxt) <= 0)
        {
            // Old: its ACK and window do not count (Linux: tcp_sequence), but it is answered when it holds something.
            if (segment.Space > 0)
            {
                SendAck();
            }
            return;
        }
        if (segment.Payload.Length > 0 && beyond > 0)
        {
            SendAck();
            return;
        }
        TakeAcknowledgement(segment);
        if (segment.Space > 0)
        {
            TakePayload(segment);
        }
    }

    private void TakeReset(GuestSegment segment)
    {
        if (segment.Seq == _rcvNxt)
        {
            SawReset = true;
            State = GuestTcpState.Closed;
        }
        else if ((int)(segment.Seq - _rcvNxt) > 0 && (int)(segment.Seq - _rcvEdge) <= 0)
        {
            ChallengesSent++;
            SendAck();
        }
    }

    private void TakePayload(GuestSegment segment)
    {
        byte[] payload = segment.Payload;
        long position = Received + (int)(segment.Seq - _rcvNxt);
        long wrong = Pattern.FirstWrong(payload, position);
        FirstWrong = FirstWrong < 0 ? wrong : FirstWrong;
        if (segment.Is(GuestSegment.Fin))
        {
            _finKnown = true;
            _finSeq = segment.Seq + (uint)payload.Length;
        }
        if (SawFin && payload.Length > 0 && (int)(segment.End - _rcvNxt) > 0)
        {
            Violate("data after FIN");
            return;
        }
        bool inOrder = (int)(segment.Seq - _rcvNxt) <= 0;
        if (payload.Length > 0 && !inOrder)
        {
            _newest = segment.Seq;
            if (!_outOfOrder.TryGetValue(position, out byte[]? known) || known.Length < payload.Length)
            {
                _outOfOrder[position] = payload;
            }
        }
        bool hadHole = _outOfOrder.Count > 0;
        if (inOrder)
        {
            Accept(Math.Max(0, (int)(segment.Seq + (uint)payload.Length - _rcvNxt)));
        }
        TakeFin();
        if (!inOrder || hadHole || SawFin || _unacknowledged >= _options.AckAfter)
        {
            SendAck();
        }
        else if (_unacknowledged > 0)
        {
            ArmDelayedAck();
        }
        OnReceived?.Invoke(this);
    }

    private void Accept(int bytes)
    {
        Advance(bytes);
        while (_outOfOrder.Count > 0)
        {
            (long position, byte[] payload) = _outOfOrder.First();
            if (position > Received)
            {
                return;
            }
            _outOfOrder.Remove(position);
            Advance((int)Math.Max(0, position + payload.Length - Received));
        }
    }

    private void Advance(int bytes)
    {
        if (bytes == 0)
        {
            return;
        }
        Progress();
        Received += bytes;
        _rcvNxt += (uint)bytes;
        _unacknowledged += bytes;
        _unread += _isReading ? 0 : bytes;
    }

    private void TakeFin()
    {
        if (!_finKnown || SawFin || _rcvNxt != _finSeq)
        {
            return;
        }
        SawFin = true;
        _rcvNxt++;
        Progress();
        if (FinAcknowledged)
        {
            State = GuestTcpState.Finished;
        }
        OnFin?.Invoke(this);
    }

    private void ArmDelayedAck()
    {
        if (_ackTimer != 0)
        {
            return;
        }
        long version = _ackTimer = Time.Now + 1;
        Time.After(_options.AckDelay, () =>
        {
            if (version == _ackTimer)
            {
                SendAck();
            }
        });
    }

    private void SendAck()
    {
        _stack.Send(Segment(_nxt, GuestSegment.Ack, []) with { Sack = SackBlocks() });
        AckSent();
    }

    private void AckSent()
    {
        _unacknowledged = 0;
        _ackTimer = 0;
    }

    /// <summary>What the header says, and the edge that it promises.</summary>
    private ushort Window()
    {
        if (State is GuestTcpState.SynSent or GuestTcpState.Idle)
        {
            return (ushort)Math.Min(_options.ReceiveBuffer, 65_535);
        }
        int scale = _scaled ? _options.Scale : 0;
        uint room = (uint)Math.Max(0, _options.ReceiveBuffer - _unread);
        uint edge = _rcvNxt + Math.Min(room >> scale, 65_535u) * (1u << scale);
        uint kept = (uint)Math.Max(0, (int)(_rcvEdge - _rcvNxt));
        uint units = Math.Max((edge - _rcvNxt) >> scale, (kept + (1u << scale) - 1) >> scale);
        units = Math.Min(units, 65_535);
        uint promised = _rcvNxt + (units << scale);
        _rcvEdge = (int)(promised - _rcvEdge) > 0 ? promised : _rcvEdge;
        return (ushort)units;
    }

    private (uint, uint)[] SackBlocks()
    {
        if (!_sack || _outOfOrder.Count == 0)
        {
            return [];
        }
        var blocks = new List<(uint From, uint To)>();
        foreach ((long position, byte[] payload) in _outOfOrder)
        {
            uint from = _rcvNxt + (uint)(position - Received);
            uint to = from + (uint)payload.Length;
            if (blocks.Count > 0 && (int)(from - blocks[^1].To) <= 0)
            {
                blocks[^1] = (blocks[^1].From, (int)(to - blocks[^1].To) > 0 ? to : blocks[^1].To);
            }
            else
            {
                blocks.Add((from, to));
            }
        }
        int newest = blocks.FindIndex(block => (int)(_newest - block.From) >= 0 && (int)(_newest - block.To) < 0);
        if (newest > 0)
        {
            (uint, uint) first = blocks[newest];
            blocks.RemoveAt(newest);
            blocks.Insert(0, first);
        }
        return [.. blocks.Take(_stamps ? 3 : 4)];
    }
}
