using Weft.Engine;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>
/// Segments of an open flow, in the order they are looked at: reset, SYN, age (PAWS), window, acknowledgement, payload, FIN.
/// Payload of consecutive in-order segments is gathered and goes to the socket in one call, at the latest at the end of the burst.
/// </summary>
internal sealed unsafe partial class TcpTranslator
{
    private void TakeOpen(int flow, in FrameRef frame, ref TcpSegment segment)
    {
        ref TcpFlow state = ref _table.Flows[flow];
        if (segment.Is(TcpSegment.Rst))
        {
            TakeReset(flow, ref state, segment.Seq);
            return;
        }
        if (segment.Is(TcpSegment.Syn))
        {
            // RFC 5961 §4: a challenge ACK; a guest that forgot the flow answers it with a reset.
            _acks.Push(flow);
            return;
        }
        if (IsTooOld(ref state, ref segment) || !IsAcceptable(flow, ref state, ref segment))
        {
            // Also zero-window and keep-alive probes: each gets an answer with a window computed anew.
            Drop(DropReason.OutOfWindow);
            state.Clear(TcpMarks.DuplicateAck);
            _acks.Push(flow);
            return;
        }
        NoteTimestamp(ref state, ref segment);
        if (!segment.Is(TcpSegment.Ack) || !TakeAcknowledgement(flow, ref state, ref segment))
        {
            return;
        }
        if (segment.Length > 0)
        {
            TakePayload(flow, ref state, in frame, ref segment);
        }
        if (segment.Is(TcpSegment.Fin) && state.Phase == TcpPhase.Open)
        {
            TakeFin(flow, segment.Seq + (uint)segment.Length);
        }
    }

    /// <summary>RFC 5961 §3: only the exact next sequence number resets; anything else in the window is challenged.</summary>
    private void TakeReset(int flow, ref TcpFlow state, uint seq)
    {
        FlushGathered();
        if (state.Phase == TcpPhase.Open && seq == state.RcvNxt)
        {
            End(flow, abort: true);
        }
        else if (state.Phase == TcpPhase.Open && Sequence.Within(seq, state.RcvNxt, state.RcvEdge))
        {
            _acks.Push(flow);
        }
    }

    /// <summary>RFC 7323 §5 (PAWS): stamped before the newest segment seen.</summary>
    private static bool IsTooOld(ref TcpFlow state, ref TcpSegment segment) =>
        segment.HasTimestamps && state.HasAgreed(TcpAgreed.Timestamps) && !state.Has(TcpMarks.NoTsRecent) &&
        Sequence.Before(segment.TsValue, state.TsRecent);

    /// <summary>RFC 7323 §4.3: what our segments echo. Only for a segment that is neither too old nor outside the window.</summary>
    private static void NoteTimestamp(ref TcpFlow state, ref TcpSegment segment)
    {
        if (segment.HasTimestamps && state.HasAgreed(TcpAgreed.Timestamps) &&
            (state.Has(TcpMarks.NoTsRecent) || !Sequence.After(segment.Seq, state.RcvNxt)))
        {
            state.TsRecent = segment.TsValue;
            state.Clear(TcpMarks.NoTsRecent);
        }
    }

    /// <summary>RFC 9293 §3.10.7.4, with one liberty: payload at the next sequence number is tried even when no window was offered.</summary>
    private bool IsAcceptable(int flow, ref TcpFlow state, ref TcpSegment segment)
    {
        uint next = NextExpected(flow, ref state);
        uint end = segment.Seq + segment.Space;
        if (segment.Space == 0)
        {
            return Sequence.Within(segment.Seq, state.RcvNxt, Sequence.Later(state.RcvEdge, next));
        }
        bool reaches = Sequence.After(end, next);
        return reaches && (!Sequence.After(segment.Seq, next) || Sequence.Before(segment.Seq, state.RcvEdge));
    }

    private uint NextExpected(int flow, ref TcpFlow state) =>
        _gatherFlow == flow ? state.RcvNxt + (uint)_gatherBytes : state.RcvNxt;

    private void TakePayload(int flow, ref TcpFlow state, in FrameRef frame, ref TcpSegment segment)
    {
        if (state.Has(TcpMarks.GuestFin))
        {
            _acks.Push(flow);
            return;
        }
        uint next = NextExpected(flow, ref state);
        if (Sequence.After(segment.Seq, next))
        {
            KeepForLater(flow, ref state, in frame, ref segment);
            return;
        }
        _acks.Push(flow);
        if (state.Has(TcpMarks.Blocked))
        {
            return;
        }
        int skip = (int)(next - segment.Seq);
        Gather(flow, in frame, segment.PayloadOffset + skip, segment.Length - skip);
    }

    /// <summary>A hole is in front: keep it if there is room, and say so at once with a duplicate ACK.</summary>
    private void KeepForLater(int flow, ref TcpFlow state, in FrameRef frame, ref TcpSegment segment)
    {
        if (state.Has(TcpMarks.Blocked))
        {
            _acks.Push(flow);
            return;
        }
        if (state.Store < 0)
        {
            state.Store = _table.Stores.Rent();
        }
        if (state.Store >= 0)
        {
            _table.Stores.TryKeep(state.Store, segment.Seq, in frame, segment.PayloadOffset, segment.Length);
        }
        FlushGathered();
        if (state.Phase != TcpPhase.Open)
        {
            return;
        }
        // One duplicate for each such segment, not one per burst: the guest counts them.
        if (state.Has(TcpMarks.DuplicateAck))
        {
            AcknowledgeStep(flow);
        }
        state.Set(TcpMarks.DuplicateAck);
        _acks.Push(flow);
    }

    private void Gather(int flow, in FrameRef frame, int offset, int length)
    {
        if (_gatherFlow != flow || _gatherCount + 1 + Burst.RunsPerFrame > GatherRuns)
        {
            FlushGathered();
            ref TcpFlow state = ref _table.Flows[flow];
            if (state.Phase != TcpPhase.Open || state.Has(TcpMarks.Blocked))
            {
                return;
            }
        }
        _gatherFlow = flow;
        _gatherCount += FrameBytes.Slice(in frame, offset, length, _gather + _gatherCount);
        _gatherBytes += length;
    }

    private void FlushGathered()
    {
        int flow = _gatherFlow;
        if (flow < 0)
        {
            return;
        }
        int count = _gatherCount;
        int bytes = _gatherBytes;
        _gatherFlow = -1;
        _gatherCount = 0;
        _gatherBytes = 0;
        ref TcpFlow state = ref _table.Flows[flow];
        if (state.Phase == TcpPhase.Open && Write(flow, ref state, _gather, count, bytes))
        {
            WriteStored(flow, ref state);
        }
    }

    /// <summary>Gives bytes to the socket and moves on by what it accepted. True when it took all.</summary>
    private bool Write(int flow, ref TcpFlow state, IoVec* runs, int count, int bytes)
    {
        const int Again = -11;
        long sent = _sockets.Send(state.Socket, runs, count);
        if (sent < 0 && sent != Again)
        {
            HostFailed(flow);
            return false;
        }
        sent = Math.Max(sent, 0);
        state.RcvNxt += (uint)sent;
        state.RcvEdge = Sequence.Later(state.RcvEdge, state.RcvNxt);
        state.Clear(TcpMarks.DuplicateAck);
        _acks.Push(flow);
        if (sent < bytes)
        {
            state.Set(TcpMarks.Blocked);
            return false;
        }
        return true;
    }

    /// <summary>A hole was filled: what was kept behind it follows.</summary>
    private void WriteStored(int flow, ref TcpFlow state)
    {
        while (state.Store >= 0 && _table.Stores.TryFirst(state.Store, state.RcvNxt, out IoVec run))
        {
            if (!Write(flow, ref state, &run, 1, (int)run.Length))
            {
                return;
            }
            _table.Stores.DropFirst(state.Store);
        }
        if (state.Store >= 0 && _table.Stores.IsEmpty(state.Store))
        {
            _table.Stores.Return(state.Store);
            state.Store = -1;
        }
    }

    private void TakeFin(int flow, uint finSeq)
    {
        FlushGathered();
        ref TcpFlow state = ref _table.Flows[flow];
        if (state.Phase != TcpPhase.Open)
        {
            return;
        }
        _acks.Push(flow);
        if (state.Has(TcpMarks.GuestFin) || state.RcvNxt != finSeq)
        {
            return;
        }
        _table.All[flow].Intents |= TcpIntents.GuestFin;
        _sockets.ShutdownWrite(state.Socket);
        state.RcvNxt++;
        state.RcvEdge = Sequence.Later(state.RcvEdge, state.RcvNxt);
        state.Set(TcpMarks.GuestFin);
    }
}
