using Weft.Engine;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>
/// One wheel entry per flow, for the earliest of: retransmission (RFC 6298; also the persist timer of a closed window), the
/// look at a small window of ours, and the idle limit (RFC 5382: two hours and four minutes). The wheel may call early, since
/// moving a deadline back costs nothing; it is then set again.
/// </summary>
internal sealed unsafe partial class TcpTranslator
{
    private const long LeastRetransmit = 200_000;
    private const long FirstRetransmit = 1_000_000;
    private const long MostRetransmit = 60_000_000;
    private const long DialLimit = 75_000_000;
    private const long IdleLimit = 7_440_000_000;
    private const int MostRetries = 15;
    private const int MostHandshakeRetries = 6;

    public void OnTimer(int flow)
    {
        ref TcpFlow state = ref _table.Flows[flow];
        if (Now - state.LastActive >= IdleLimitOf(ref state))
        {
            FlowKey key = _table.All[flow].Key;
            if (state.Phase == TcpPhase.Open)
            {
                SendReset(in key, state.AckLimit, state.RcvNxt, withAck: true);
            }
            Drop(DropReason.HostUnreachable);
            End(flow, abort: true);
            return;
        }
        if (state.WindowAt != 0 && state.WindowAt <= Now)
        {
            state.WindowAt = 0;
            LookAtRoom(flow, ref state);
        }
        if (state.RetransmitAt != 0 && state.RetransmitAt <= Now)
        {
            TimedOut(flow, ref state);
        }
        if (state.Phase != TcpPhase.Free)
        {
            Arm(flow, ref state);
        }
        _side.Wake();
    }

    private static long IdleLimitOf(ref TcpFlow state) => state.Phase == TcpPhase.Dialling ? DialLimit : IdleLimit;

    private void TimedOut(int flow, ref TcpFlow state)
    {
        bool handshake = state.Phase is TcpPhase.Answering or TcpPhase.Calling;
        if (state.Retries >= (handshake ? MostHandshakeRetries : MostRetries))
        {
            HostFailed(flow);
            return;
        }
        state.Retries++;
        state.TimedAt = 0;
        state.RetransmitAt = Now + RetransmitAfter(ref state);
        _sends.Push(flow);
        if (handshake)
        {
            state.Set(TcpMarks.Handshake);
            return;
        }
        if (state.SndWnd == 0)
        {
            Probe(flow, ref state);
            return;
        }
        if (state.SndUna == state.SndMax)
        {
            StopRetransmitTimer(ref state);
            return;
        }
        // All in flight counts as lost; what the guest did get it will acknowledge in one go.
        state.Clear(TcpMarks.Recovering | TcpMarks.Resuming);
        DropBoard(ref state);
        state.DupAcks = 0;
        state.Cwnd = 2u * state.Mss;
        state.SndNxt = state.SndUna;
    }

    /// <summary>One byte past a closed window (RFC 9293 §3.8.6.1), or our FIN again when that is all that is missing.</summary>
    private void Probe(int flow, ref TcpFlow state)
    {
        if (state.Has(TcpMarks.HostFin) && state.SndUna == state.FinSeq)
        {
            state.SndNxt = state.SndUna;
            return;
        }
        if (SendData(flow, ref state, state.SndUna, 1) == SendResult.Nothing && state.SndUna == state.SndMax)
        {
            StopRetransmitTimer(ref state);
        }
    }

    private static void StopRetransmitTimer(ref TcpFlow state)
    {
        state.RetransmitAt = 0;
        state.Retries = 0;
    }

    /// <summary>The window is shut and there may be data: the persist timer runs.</summary>
    private void WatchWindow(int flow, ref TcpFlow state)
    {
        if (state.SndUna == state.SndNxt)
        {
            StartRetransmitTimer(flow, ref state);
        }
    }

    private void StartRetransmitTimer(int flow, ref TcpFlow state)
    {
        if (state.RetransmitAt == 0)
        {
            state.RetransmitAt = Now + RetransmitAfter(ref state);
        }
        Arm(flow, ref state);
    }

    private static long RetransmitAfter(ref TcpFlow state)
    {
        long basis = Math.Max(state.Srtt + 4L * state.RttVar, LeastRetransmit);
        if (state.Srtt == 0 && !state.Has(TcpMarks.Resuming))
        {
            basis = FirstRetransmit;
        }
        return Math.Min(basis << Math.Min((int)state.Retries, 16), MostRetransmit);
    }

    /// <summary>Without timestamps one segment at a time is timed, never one that was sent again (Karn).</summary>
    private void TimeOne(ref TcpFlow state, uint seq, uint end)
    {
        if (state.TimedAt == 0 && seq == state.SndMax && !state.HasAgreed(TcpAgreed.Timestamps))
        {
            state.TimedAt = (uint)Now | 1;
            state.TimedEnd = end;
        }
    }

    /// <summary>RFC 6298 §2: from the timestamp echo, which a repetition does not spoil, at a resolution of 1 ms; else from the timed segment.</summary>
    private void MeasureRoundTrip(ref TcpFlow state, ref TcpSegment segment)
    {
        long sample = -1;
        if (segment.HasTimestamps && state.HasAgreed(TcpAgreed.Timestamps))
        {
            sample = (int)(TcpSegmentWriter.TimestampNow(ref state, Now) - segment.TsEcho) * 1_000L;
        }
        else if (state.TimedAt != 0 && !Sequence.Before(segment.AckNumber, state.TimedEnd))
        {
            sample = (uint)Now - state.TimedAt;
            state.TimedAt = 0;
        }
        if (sample is >= 0 and <= 60_000_000)
        {
            NoteRoundTrip(ref state, Math.Max((int)sample, 500));
        }
    }

    private static void NoteRoundTrip(ref TcpFlow state, int sample)
    {
        if (state.Srtt == 0)
        {
            state.Srtt = sample;
            state.RttVar = sample / 2;
            return;
        }
        state.RttVar += (Math.Abs(state.Srtt - sample) - state.RttVar) / 4;
        state.Srtt += (sample - state.Srtt) / 8;
    }

    /// <summary>Makes sure that the wheel calls no later than the flow's earliest deadline.</summary>
    private void Arm(int flow, ref TcpFlow state)
    {
        long deadline = state.LastActive + IdleLimitOf(ref state);
        deadline = state.RetransmitAt != 0 ? Math.Min(deadline, state.RetransmitAt) : deadline;
        deadline = state.WindowAt != 0 ? Math.Min(deadline, state.WindowAt) : deadline;
        if (state.WheelAt == 0 || deadline < state.WheelAt)
        {
            state.WheelAt = deadline;
            _table.Wheel.Schedule(flow, deadline);
        }
    }
}
