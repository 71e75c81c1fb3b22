using Weft.Engine;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>
/// The guest's acknowledgements, and loss toward the guest. Three duplicates or a SACK that far ahead start a recovery
/// (RFC 6675): each hole is sent again once; a hole whose repetition was lost too is found by duplicates that go on.
/// Our link to a guest does not congest (a full port holds the data back in the socket), so recovery does not slow down.
/// </summary>
internal sealed unsafe partial class TcpTranslator
{
    private const int DuplicateThreshold = 3;
    private const long LeastHoleInterval = 5_000;

    /// <summary>Takes the acknowledgement part of an acceptable segment. False when the segment must not be used further.</summary>
    private bool TakeAcknowledgement(int flow, ref TcpFlow state, ref TcpSegment segment)
    {
        uint ack = segment.AckNumber;
        if (Sequence.After(ack, state.AckLimit) || Sequence.Before(ack, state.SndUna - (1u << 24)))
        {
            // RFC 5961 §5: acknowledges what was never sent, or is far too old.
            _acks.Push(flow);
            return false;
        }
        if (Sequence.Before(ack, state.SndUna))
        {
            return true;
        }
        uint window = (uint)segment.Window << state.GuestScale;
        NoteSack(ref state, ref segment);
        if (ack == state.SndUna)
        {
            // The answer to a probe of a closed window is no sign of loss.
            bool duplicate = segment.Length == 0 && window == state.SndWnd && window != 0 && state.SndMax != ack && !segment.Is(TcpSegment.Fin);
            TakeSame(flow, ref state, window, duplicate);
        }
        else
        {
            TakeAdvance(flow, ref state, ref segment, window);
        }
        return true;
    }

    private void TakeSame(int flow, ref TcpFlow state, uint window, bool duplicate)
    {
        bool opened = window > state.SndWnd;
        bool reopened = opened && state.SndWnd == 0;
        state.SndWnd = window;
        if (window == 0)
        {
            // The guest answers our probes: it lives, however long it keeps the window shut.
            state.Retries = Math.Min(state.Retries, (byte)5);
        }
        else if (reopened || state.SndMax == state.SndUna)
        {
            state.RetransmitAt = 0;
        }
        if (reopened)
        {
            // What went past the closed window was most likely not taken.
            state.SndNxt = state.SndUna;
            state.Retries = 0;
        }
        if (state.Has(TcpMarks.Resuming))
        {
            Resumed(flow, ref state);
        }
        if (duplicate)
        {
            Duplicate(flow, ref state);
        }
        else if (opened)
        {
            _sends.Push(flow);
        }
    }

    /// <summary>After a takeover: now we know where the guest is, and it will heed an ACK of ours.</summary>
    private void Resumed(int flow, ref TcpFlow state)
    {
        state.Clear(TcpMarks.Resuming);
        _sends.Push(flow);
        _acks.Push(flow);
    }

    private void TakeAdvance(int flow, ref TcpFlow state, ref TcpSegment segment, uint window)
    {
        uint ack = segment.AckNumber;
        uint acked = ack - state.SndUna;
        state.SndUna = ack;
        state.SndNxt = Sequence.Later(state.SndNxt, ack);
        MoveHighest(ref state, ack);
        state.SndWnd = window;
        state.DupAcks = 0;
        state.Retries = 0;
        MeasureRoundTrip(ref state, ref segment);
        if (state.Has(TcpMarks.Resuming))
        {
            Resumed(flow, ref state);
        }
        if (state.Cwnd != uint.MaxValue)
        {
            state.Cwnd = state.Cwnd + acked > 1 << 20 ? uint.MaxValue : state.Cwnd + acked;
        }
        if (state.Has(TcpMarks.HostFin) && ack == state.FinSeq + 1)
        {
            _table.All[flow].Intents |= TcpIntents.HostFinAcknowledged;
        }
        TrimBoard(ref state, ack);
        if (state.Has(TcpMarks.Recovering) && !Sequence.Before(ack, state.Recover))
        {
            state.Clear(TcpMarks.Recovering);
        }
        else if (state.Has(TcpMarks.Recovering))
        {
            state.HoleNext = Sequence.Later(state.HoleNext, ack);
            if (state.Board < 0)
            {
                state.HoleNext = ack;
            }
        }
        state.RetransmitAt = state.SndMax == ack ? 0 : Now + RetransmitAfter(ref state);
        _sends.Push(flow);
    }

    private void NoteSack(ref TcpFlow state, ref TcpSegment segment)
    {
        for (int i = 0; i < segment.SackBlocks; i++)
        {
            uint from = segment.Sack[2 * i];
            uint to = segment.Sack[2 * i + 1];
            bool sane = Sequence.Before(from, to) && !Sequence.After(to, state.SndMax) && Sequence.After(from, state.SndUna) &&
                Sequence.After(from, segment.AckNumber);
            if (!sane)
            {
                continue;
            }
            if (state.Board < 0)
            {
                state.Board = _table.Boards.Rent();
            }
            if (state.Board >= 0)
            {
                _table.Boards.Add(state.Board, from, to);
            }
        }
    }

    private void TrimBoard(ref TcpFlow state, uint una)
    {
        if (state.Board < 0)
        {
            return;
        }
        _table.Boards.Trim(state.Board, una);
        if (_table.Boards.IsEmpty(state.Board))
        {
            DropBoard(ref state);
        }
    }

    private void DropBoard(ref TcpFlow state)
    {
        if (state.Board >= 0)
        {
            _table.Boards.Return(state.Board);
            state.Board = -1;
        }
    }

    private void Duplicate(int flow, ref TcpFlow state)
    {
        state.DupAcks = (byte)Math.Min(state.DupAcks + 1, 255);
        if (state.Has(TcpMarks.Recovering))
        {
            long interval = Math.Max(2L * state.Srtt, LeastHoleInterval);
            if (state.HoleNext != state.SndUna && Now - state.HoleSentAt > interval)
            {
                state.HoleNext = state.SndUna;
            }
            _sends.Push(flow);
            return;
        }
        bool farAhead = state.Board >= 0 &&
            _table.Boards.Highest(state.Board) - state.SndUna > DuplicateThreshold * (uint)SegmentSize(ref state);
        if (state.DupAcks >= DuplicateThreshold || farAhead)
        {
            state.Set(TcpMarks.Recovering);
            state.TimedAt = 0;
            state.Recover = state.SndMax;
            state.HoleNext = state.SndUna;
            _sends.Push(flow);
        }
    }

    /// <summary>Sends what the board shows as missing, or the first segment when there is no board.</summary>
    private StepResult SendHoles(int flow, ref TcpFlow state)
    {
        for (int frames = 0; frames < FramesPerStep; frames++)
        {
            if (!TryNextHole(ref state, out uint start, out uint end))
            {
                return StepResult.Done;
            }
            end = Sequence.Earlier(end, state.DataSent);
            int bytes = Math.Min((int)(end - start), LargestPayload);
            if (bytes <= 0)
            {
                state.HoleNext = end + 1;
                continue;
            }
            int segment = SegmentSize(ref state);
            SendResult result = SendData(flow, ref state, start, bytes > segment ? bytes / segment * segment : bytes);
            if (result != SendResult.Sent)
            {
                return StepOf(result);
            }
            if (start == state.SndUna)
            {
                state.HoleSentAt = Now;
            }
            state.HoleNext = state.PeekAt;
        }
        return StepResult.More;
    }

    private bool TryNextHole(ref TcpFlow state, out uint start, out uint end)
    {
        uint from = Sequence.Later(state.HoleNext, state.SndUna);
        if (state.Board >= 0)
        {
            return _table.Boards.TryNextHole(state.Board, from, out start, out end);
        }
        start = from;
        end = from + (uint)SegmentSize(ref state);
        return from == state.SndUna;
    }
}
