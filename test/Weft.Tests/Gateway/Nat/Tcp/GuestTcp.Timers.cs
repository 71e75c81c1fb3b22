namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>The retransmission timer, which also probes a closed window.</summary>
internal sealed partial class GuestTcp
{
    private const long LeastRetransmit = 200_000;
    private const long FirstRetransmit = 1_000_000;
    private const long MostRetransmit = 60_000_000;

    private int _retries;
    private long _timer;
    private bool _timerRuns;
    private long _srtt;

    private void MeasureRoundTrip(GuestSegment segment)
    {
        if (_stamps && segment.Timestamps is { Echo: not 0 } stamps)
        {
            // Linux and the BSDs take an echo of 0 as none; a successor sends it until it has heard the guest.
            long sample = Math.Max(1, (int)(StampNow - stamps.Echo)) * 1000L;
            _srtt = _srtt == 0 ? sample : _srtt + (sample - _srtt) / 8;
        }
        else
        {
            _srtt = Math.Max(_srtt, 1000);
        }
    }

    private void ArmRetransmit()
    {
        if (_timerRuns)
        {
            return;
        }
        _timerRuns = true;
        long version = ++_timer;
        long basis = _srtt == 0 ? FirstRetransmit : Math.Max(LeastRetransmit, 3 * _srtt);
        Time.After(Math.Min(basis << Math.Min(_retries, 10), MostRetransmit), () =>
        {
            if (version == _timer && _timerRuns && !IsGone)
            {
                _timerRuns = false;
                TimedOut();
            }
        });
    }

    private void StopRetransmit() => _timerRuns = false;

    private void TimedOut()
    {
        _retries++;
        switch (State)
        {
            case GuestTcpState.SynSent or GuestTcpState.SynReceived:
                SendSyn();
                ArmRetransmit();
                return;
            case GuestTcpState.Closed or GuestTcpState.Finished:
                return;
        }
        if (_wnd == 0 && _una == _max)
        {
            // As Linux: an empty segment one below, which every receiver must answer.
            Emit(_una - 1, GuestSegment.Ack, []);
            ArmRetransmit();
            return;
        }
        if (_una == _max)
        {
            return;
        }
        TimeOuts++;
        _recovering = false;
        _sacked.Clear();
        _duplicates = 0;
        _cwnd = 2u * (uint)_segment;
        _nxt = _una;
        if (_wnd == 0 && _nxt != DataEnd)
        {
            Repeat(_una, 1);
        }
        Output();
    }
}
