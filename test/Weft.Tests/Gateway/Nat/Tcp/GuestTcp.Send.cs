using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>The sending half.</summary>
internal sealed partial class GuestTcp
{
    private readonly List<(uint From, uint To)> _sacked = [];
    private uint _una;
    private uint _nxt;
    private uint _max;
    private uint _wnd;
    private uint _cwnd = uint.MaxValue;
    private uint _recover;
    private uint _holeNext;
    private uint _repeatedEnd;
    private int _duplicates;
    private bool _recovering;
    private bool _finQueued;
    private long _progressAt;

    /// <summary>Bytes that the program has written so far; the sequence space is enough for all.</summary>
    public long Written { get; private set; }

    public long Acknowledged => State is GuestTcpState.SynSent or GuestTcpState.SynReceived ? 0 : Math.Min((uint)(_una - _iss - 1), Written);

    public bool FinAcknowledged => _finQueued && _una == _iss + 2 + (uint)Written;

    /// <summary>Segments sent more than once.</summary>
    public int Repeated { get; private set; }

    public int TimeOuts { get; private set; }

    /// <summary>Largest window that was offered to this guest.</summary>
    public uint LargestWindow { get; private set; }

    private uint DataEnd => _iss + 1 + (uint)Written;

    private bool IsBusy => (IsOpen && _una != _max) || (IsOpen && (uint)Written > (uint)Acknowledged) || Expected > Received;

    public void Write(long bytes)
    {
        if (!IsBusy)
        {
            _progressAt = Time.Now;
        }
        Written += bytes;
        Output();
    }

    public void Finish()
    {
        _finQueued = true;
        Output();
    }

    private void Output()
    {
        if (!IsOpen)
        {
            return;
        }
        while (SendOne())
        {
        }
        if (_una != _max || (_wnd == 0 && _nxt != DataEnd))
        {
            ArmRetransmit();
        }
    }

    private bool SendOne()
    {
        if (_nxt == DataEnd)
        {
            if (!_finQueued)
            {
                return false;
            }
            Emit(_nxt, GuestSegment.Fin | GuestSegment.Ack, []);
            Sent(_nxt + 1);
            return true;
        }
        if ((int)(DataEnd - _nxt) < 0)
        {
            return false;
        }
        int can = (int)(_una + Math.Min(_wnd, _cwnd) - _nxt);
        int have = (int)(DataEnd - _nxt);
        int length = Math.Min(Math.Min(can, have), _options.LargestFrame <= _options.Mss ? _segment : _options.LargestFrame);
        if (length <= 0 || (length < _segment && length < have && _nxt != _una))
        {
            return false;
        }
        SendData(_nxt, length);
        Sent(_nxt + (uint)length);
        return true;
    }

    private void Sent(uint end)
    {
        _nxt = end;
        _max = (int)(end - _max) > 0 ? end : _max;
    }

    private void SendData(uint seq, int length)
    {
        if ((int)(_max - seq) > 0)
        {
            Repeated++;
            _repeatedEnd = seq + (uint)length;
        }
        byte[] payload = new byte[length];
        Pattern.Fill(payload, (uint)(seq - _iss - 1));
        Emit(seq, GuestSegment.Ack | GuestSegment.Psh, payload);
        AckSent();
    }

    /// <summary>The acknowledgement part of a segment that is acceptable.</summary>
    private void TakeAcknowledgement(GuestSegment segment)
    {
        uint ack = segment.AckNumber;
        if ((int)(ack - _max) > 0)
        {
            Violate($"acknowledges {ack - _max} bytes that were never sent");
            return;
        }
        if ((int)(ack - _una) < 0)
        {
            return;
        }
        uint window = (uint)segment.Window << _peerScale;
        NoteSack(segment);
        if (ack == _una)
        {
            bool duplicate = segment.Payload.Length == 0 && window == _wnd && _una != _max && !segment.Is(GuestSegment.Fin);
            SetWindow(window);
            _duplicates += duplicate ? 1 : 0;
            Recover(partial: false);
        }
        else
        {
            Advance(segment, ack, window);
        }
        Output();
    }

    private void Advance(GuestSegment segment, uint ack, uint window)
    {
        Progress();
        _cwnd = _cwnd == uint.MaxValue || _cwnd + (ack - _una) > 1 << 20 ? uint.MaxValue : _cwnd + (ack - _una);
        if (_stamps || (int)(ack - _repeatedEnd) >= 0)
        {
            _retries = 0;
        }
        MeasureRoundTrip(segment);
        _una = ack;
        _nxt = (int)(_nxt - ack) < 0 ? ack : _nxt;
        _duplicates = 0;
        _sacked.RemoveAll(range => (int)(range.To - ack) <= 0);
        SetWindow(window);
        StopRetransmit();
        _recovering &= (int)(ack - _recover) < 0;
        Recover(partial: _recovering);
        if (FinAcknowledged && SawFin)
        {
            State = GuestTcpState.Finished;
        }
    }

    private void SetWindow(uint window)
    {
        bool reopened = _wnd == 0 && window > 0;
        _wnd = window;
        LargestWindow = Math.Max(LargestWindow, window);
        if (reopened)
        {
            _retries = 0;
            StopRetransmit();
        }
    }

    private void NoteSack(GuestSegment segment)
    {
        foreach ((uint from, uint to) in segment.Sack)
        {
            if (!_sack)
            {
                Violate("SACK that was not agreed");
            }
            if ((int)(to - from) <= 0 || (int)(to - _max) > 0)
            {
                Violate($"SACK block {from - _iss}..{to - _iss} makes no sense");
            }
            else if ((int)(from - segment.AckNumber) > 0 && (int)(from - _una) > 0)
            {
                _sacked.Add((from, to));
            }
        }
        _sacked.Sort((a, b) => (int)(a.From - b.From));
        for (int i = _sacked.Count - 1; i > 0; i--)
        {
            if ((int)(_sacked[i].From - _sacked[i - 1].To) <= 0)
            {
                uint to = (int)(_sacked[i].To - _sacked[i - 1].To) > 0 ? _sacked[i].To : _sacked[i - 1].To;
                _sacked[i - 1] = (_sacked[i - 1].From, to);
                _sacked.RemoveAt(i);
            }
        }
    }

    private void Recover(bool partial)
    {
        bool far = _sacked.Count > 0 && (int)(_sacked[^1].To - _una) > 3 * Math.Max(_segment, 1);
        if (!_recovering && (_duplicates >= 3 || (far && _duplicates >= 1)) && _una != _max)
        {
            _recovering = true;
            _recover = _max;
            _holeNext = _una;
            partial = true;
        }
        if (!_recovering)
        {
            return;
        }
        if (_sacked.Count == 0)
        {
            if (partial)
            {
                Repeat(_una, _segment);
            }
            return;
        }
        _holeNext = (int)(_holeNext - _una) < 0 ? _una : _holeNext;
        for (int i = 0; i < 2; i++)
        {
            RepeatNextHole();
        }
    }

    private void RepeatNextHole()
    {
        foreach ((uint from, uint to) in _sacked)
        {
            int hole = (int)(from - _holeNext);
            if (hole > 0)
            {
                int length = Math.Min(hole, _segment);
                Repeat(_holeNext, length);
                _holeNext += (uint)length;
                return;
            }
            _holeNext = (int)(to - _holeNext) > 0 ? to : _holeNext;
        }
    }

    private void Repeat(uint seq, int most)
    {
        int length = Math.Min(most, (int)(((int)(DataEnd - _max) < 0 ? DataEnd : _max) - seq));
        if (length > 0)
        {
            SendData(seq, length);
        }
        else if (_finQueued && seq == DataEnd)
        {
            Emit(seq, GuestSegment.Fin | GuestSegment.Ack, []);
        }
        ArmRetransmit();
    }
}
