using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>
/// From the socket to the guest: discard what was acknowledged, send holes again, peek what is new, then FIN. Nothing leaves
/// the socket before the guest has acknowledged it. A flow gets a few frames a turn; what the port cannot take stays in the socket.
/// </summary>
internal sealed unsafe partial class TcpTranslator
{
    private const int FramesPerStep = 4;

    /// <summary>What an IP packet holds beside its header and TCP's with timestamps.</summary>
    private const int LargestPayload = 65_535 - 20 - 20 - TcpSegmentWriter.TimestampsLength;

    private const int DiscardSlice = 1 << 20;

    private enum StepResult
    {
        Done,

        /// <summary>It has more to send: next turn.</summary>
        More,

        /// <summary>The outbox is full: nobody else can send either.</summary>
        Full,

        /// <summary>Its guest's port is full, or the keeper has not caught up: when told.</summary>
        Parked,
    }

    /// <summary>Does what one flow has to send in this turn.</summary>
    private StepResult SendStep(int flow)
    {
        ref TcpFlow state = ref _table.Flows[flow];
        if (state.Phase != TcpPhase.Open)
        {
            return SendHandshake(flow, ref state);
        }
        if (!DiscardAcknowledged(flow, ref state))
        {
            IsDiscarding = true;
            return StepResult.More;
        }
        StepResult result = StepResult.Done;
        if (state.Phase == TcpPhase.Open && state.Has(TcpMarks.Recovering))
        {
            result = SendHoles(flow, ref state);
        }
        if (result == StepResult.Done && state.Phase == TcpPhase.Open)
        {
            result = SendNew(flow, ref state);
        }
        if (state.Phase != TcpPhase.Open)
        {
            return StepResult.Done;
        }
        EndIfFinished(flow, ref state);
        return state.Phase == TcpPhase.Open ? result : StepResult.Done;
    }

    /// <summary>Consumes what the guest has acknowledged, a slice at a time: discarding megabytes takes milliseconds.</summary>
    private bool DiscardAcknowledged(int flow, ref TcpFlow state)
    {
        uint acknowledged = state.Has(TcpMarks.HostFin) ? Sequence.Earlier(state.SndUna, state.FinSeq) : state.SndUna;
        int bytes = (int)(acknowledged - state.SndBase);
        if (bytes <= 0)
        {
            return true;
        }
        long gone = _sockets.Discard(state.Socket, Math.Min(bytes, DiscardSlice));
        if (gone <= 0)
        {
            HostFailed(flow);
            return true;
        }
        state.SndBase += (uint)gone;
        state.PeekAt = Sequence.Later(state.PeekAt, state.SndBase);
        if (state.PeekAt == state.SndBase)
        {
            // The guest has all of it. Bytes that are only peeked keep the kernel from acknowledging when they are read, and a host
            // program that sends small writes one by one (Nagle) would stand still 40 ms each time.
            _sockets.AcknowledgeNow(state.Socket);
        }
        return gone == bytes;
    }

    private StepResult SendNew(int flow, ref TcpFlow state)
    {
        for (int frames = 0; frames < FramesPerStep; frames++)
        {
            if (state.Has(TcpMarks.HostFin) && !Sequence.Before(state.SndNxt, state.FinSeq))
            {
                return state.SndNxt != state.FinSeq || SendFin(flow, ref state) ? StepResult.Done : StepResult.More;
            }
            if (!state.Has(TcpMarks.Readable) && !Sequence.Before(state.SndNxt, state.DataSent))
            {
                return StepResult.Done;
            }
            int allowed = AllowedNow(ref state);
            if (allowed <= 0)
            {
                WatchWindow(flow, ref state);
                return StepResult.Done;
            }
            SendResult result = SendData(flow, ref state, state.SndNxt, allowed);
            if (result != SendResult.Sent)
            {
                return StepOf(result);
            }
        }
        return StepResult.More;
    }

    private static StepResult StepOf(SendResult result) => result switch
    {
        SendResult.PortFull => StepResult.Parked,
        SendResult.OutboxFull => StepResult.Full,
        _ => StepResult.Done,
    };

    /// <summary>Bytes that window, time-out recovery and resumption allow beyond SndNxt; whole segments when more than one fits.</summary>
    private static int AllowedNow(ref TcpFlow state)
    {
        int segment = SegmentSize(ref state);
        uint window = state.Has(TcpMarks.Resuming) ? (uint)segment : Math.Min(state.SndWnd, state.Cwnd);
        int allowed = (int)(state.SndUna + window - state.SndNxt);
        if (allowed >= segment)
        {
            return Math.Min(allowed, LargestPayload) / segment * segment;
        }
        // Less than a segment: only when nothing is in flight (silly window avoidance, RFC 9293 §3.8.6.2.1).
        return state.SndNxt == state.SndUna ? allowed : 0;
    }

    private enum SendResult
    {
        Sent,
        PortFull,
        OutboxFull,
        Nothing,
    }

    /// <summary>Peeks up to <paramref name="most"/> bytes from <paramref name="seq"/> on and sends them as one frame.</summary>
    private SendResult SendData(int flow, ref TcpFlow state, uint seq, int most)
    {
        ref TcpFlowRecord record = ref _table.All[flow];
        int segment = SegmentSize(ref state);
        int room = _side.RoomToward(record.Guest);
        if (room <= 0)
        {
            return SendResult.PortFull;
        }
        most = (int)Math.Min(most, (long)room * segment);
        int headers = TcpSegmentWriter.HeaderLength(ref state);
        byte* packet = _side.Rent(headers + most);
        if (packet == null)
        {
            return SendResult.OutboxFull;
        }
        if (state.PeekAt != seq)
        {
            _sockets.SetPeekOffset(state.Socket, (int)(seq - state.SndBase));
            state.PeekAt = seq;
        }
        IoVec run = new(packet + headers, (nuint)most);
        long read = _sockets.Peek(state.Socket, &run, 1);
        if (read <= 0)
        {
            return NothingThere(flow, ref state, seq, (int)read);
        }
        state.PeekAt += (uint)read;
        uint end = seq + (uint)read;
        TimeOne(ref state, seq, end);
        TcpSegmentWriter.Write(packet, ref state, ref record, seq, (byte)(TcpSegment.Ack | TcpSegment.Psh), (int)read, Now, out Offload offload);
        offload.GsoType = read > segment ? Offload.GsoTcpV4 : Offload.GsoNone;
        offload.GsoSize = read > segment ? (ushort)segment : (ushort)0;
        _side.Send(record.Guest, headers + (int)read, in offload);
        if (Sequence.After(end, state.SndNxt) && !Sequence.After(seq, state.SndNxt))
        {
            state.SndNxt = end;
        }
        MoveHighest(ref state, end);
        StartRetransmitTimer(flow, ref state);
        return SendResult.Sent;
    }

    /// <summary>The socket has nothing at <paramref name="seq"/>: empty for now, the peer's FIN, or an error.</summary>
    private SendResult NothingThere(int flow, ref TcpFlow state, uint seq, int result)
    {
        const int Again = -11;
        if (result == Again)
        {
            state.Clear(TcpMarks.Readable);
        }
        else if (result == 0)
        {
            state.Clear(TcpMarks.Readable);
            if (!state.Has(TcpMarks.HostFin))
            {
                _table.All[flow].Intents |= TcpIntents.HostFin;
                state.Set(TcpMarks.HostFin);
                state.FinSeq = seq;
            }
            if (state.SndNxt == state.FinSeq && !SendFin(flow, ref state))
            {
                // Nothing else would bring the flow back: the socket has said all that it will.
                return SendResult.OutboxFull;
            }
        }
        else
        {
            HostFailed(flow);
        }
        return SendResult.Nothing;
    }

    private bool SendFin(int flow, ref TcpFlow state)
    {
        if (!SendBare(flow, ref state, TcpSegment.Ack | TcpSegment.Fin, state.FinSeq))
        {
            return false;
        }
        state.SndNxt = state.FinSeq + 1;
        MoveHighest(ref state, state.SndNxt);
        StartRetransmitTimer(flow, ref state);
        return true;
    }

    private static void MoveHighest(ref TcpFlow state, uint end)
    {
        state.SndMax = Sequence.Later(state.SndMax, end);
        state.AckLimit = Sequence.Later(state.AckLimit, state.SndMax);
    }

    private StepResult SendHandshake(int flow, ref TcpFlow state)
    {
        if (state.Phase is not (TcpPhase.Answering or TcpPhase.Calling) || !state.Has(TcpMarks.Handshake))
        {
            return StepResult.Done;
        }
        if (!_table.Host.Keeper.AllKept)
        {
            WaitsForKeeper = _table.HasWaitingForKeeper = true;
            return StepResult.Parked;
        }
        ref TcpFlowRecord record = ref _table.All[flow];
        bool answering = state.Phase == TcpPhase.Answering;
        if (answering)
        {
            // Not before: a slot that the keeper has not heard of may still hold the descriptor of a flow that ended.
            record.SetState(TcpRecordState.Established, state.Generation);
            MoveWindow(flow, ref state);
        }
        int length = TcpSegmentWriter.HandshakeLength(ref state, answering);
        byte* packet = _side.Rent(length);
        if (packet == null)
        {
            return StepResult.More;
        }
        TcpSegmentWriter.WriteHandshake(packet, ref state, ref record, answering, _side.Facts.Mtu, Now, out Offload offload);
        _side.Send(record.Guest, length, in offload);
        state.Clear(TcpMarks.Handshake);
        state.SndNxt = state.SndMax;
        StartRetransmitTimer(flow, ref state);
        return StepResult.Done;
    }

    private bool SendBare(int flow, ref TcpFlow state, byte flags, uint seq)
    {
        ref TcpFlowRecord record = ref _table.All[flow];
        Span<uint> sack = stackalloc uint[2 * TcpSegmentWriter.MostSackBlocks];
        int blocks = 0;
        if (state.Store >= 0 && state.HasAgreed(TcpAgreed.Sack))
        {
            int most = state.HasAgreed(TcpAgreed.Timestamps) ? 3 : TcpSegmentWriter.MostSackBlocks;
            blocks = _table.Stores.WriteSackBlocks(state.Store, state.RcvNxt, most, sack);
        }
        int length = TcpSegmentWriter.HeaderLength(ref state) + TcpSegmentWriter.SackLength(blocks);
        byte* packet = _side.Rent(length);
        if (packet == null)
        {
            return false;
        }
        TcpSegmentWriter.WriteBare(packet, ref state, ref record, seq, flags, sack[..(2 * blocks)], Now, out Offload offload);
        _side.Send(record.Guest, length, in offload);
        return true;
    }

    private static int SegmentSize(ref TcpFlow state) =>
        Math.Min(state.Mss - (state.HasAgreed(TcpAgreed.Timestamps) ? TcpSegmentWriter.TimestampsLength : 0), LargestPayload);
}
