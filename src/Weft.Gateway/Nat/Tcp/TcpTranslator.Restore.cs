using Weft.Engine;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>
/// Takeover. The predecessor was killed at any instruction; what it did last is read from the socket, not from its record:
///   guest → host bytes taken    = bytes_acked + outqueue − (our SYN, when we dialled) − (our FIN, when it was sent)
///   host → guest bytes consumed = bytes_received − inqueue − (the peer's FIN, when it came)
/// The guest may have acknowledged more than was consumed, and seen more than we know: acknowledgements are accepted up to all
/// that the kernel has received. When bytes wait, one segment is sent first; the guest's answer brings its position and window.
/// </summary>
internal sealed unsafe partial class TcpTranslator
{
    /// <summary>Numbers of <see cref="TcpSocketState.State"/> (<c>enum tcp_state</c> of the kernel).</summary>
    private static class KernelState
    {
        public const byte SynSent = 2;
        public const byte FinWait1 = 4;
        public const byte FinWait2 = 5;
        public const byte TimeWait = 6;
        public const byte Close = 7;
        public const byte CloseWait = 8;
        public const byte LastAck = 9;
        public const byte Closing = 11;
    }

    /// <summary>Takes over the flow of a record whose socket the keeper handed on. False when it ended meanwhile.</summary>
    public bool Restore(int flow, int socket)
    {
        ref TcpFlowRecord record = ref _table.All[flow];
        ref TcpFlow state = ref _table.Flows[flow];
        state = new TcpFlow
        {
            Generation = record.Generation,
            Socket = socket,
            Owner = _self,
            Store = -1,
            Board = -1,
            LastActive = Now,
            Cwnd = uint.MaxValue,
            Flags = TcpMarks.NoTsRecent,
            Phase = TcpPhase.Dialling,
        };
        _table.Index(flow);
        bool halfOpen = record.State != TcpRecordState.Established;
        _table.Budgets.Adopt(record.NetworkId, record.Guest, halfOpen: true);
        FillFromRecord(flow, ref state, ref record, record.OurIsn + 1);
        if (!_sockets.TryReadState(socket, out TcpSocketState kernel))
        {
            End(flow, abort: true);
            return false;
        }
        Watch(flow);
        Arm(flow, ref state);
        if (halfOpen)
        {
            return RestoreHandshake(flow, ref state, ref record, in kernel);
        }
        return RestoreOpen(flow, ref state, ref record, in kernel);
    }

    private bool RestoreHandshake(int flow, ref TcpFlow state, ref TcpFlowRecord record, in TcpSocketState kernel)
    {
        state.SndUna = state.SndNxt = record.OurIsn;
        if (record.State == TcpRecordState.Accepted)
        {
            state.Phase = TcpPhase.Calling;
            state.Set(TcpMarks.Handshake);
            _sends.Push(flow);
            return true;
        }
        if (kernel.State == KernelState.Close)
        {
            DialFailed(flow, _sockets.TakeError(state.Socket));
            return false;
        }
        if (kernel.State != KernelState.SynSent)
        {
            Answer(flow);
        }
        return true;
    }

    private bool RestoreOpen(int flow, ref TcpFlow state, ref TcpFlowRecord record, in TcpSocketState kernel)
    {
        bool closed = kernel.State == KernelState.Close;
        bool guestFin = (record.Intents & TcpIntents.GuestFin) != 0;
        if (closed && (!guestFin || _sockets.TakeError(state.Socket) != 0))
        {
            // Closed without our FIN, or with an error: the host side reset it.
            state.Phase = TcpPhase.Open;
            _table.Budgets.Established(record.NetworkId, record.Guest);
            HostFailed(flow, 104);
            return false;
        }
        bool finSent = closed || kernel.State is KernelState.FinWait1 or KernelState.FinWait2 or KernelState.Closing or KernelState.LastAck
            or KernelState.TimeWait;
        bool finReceived = closed || kernel.State is KernelState.CloseWait or KernelState.LastAck or KernelState.Closing or KernelState.TimeWait;
        if (!finSent)
        {
            // An intent without the state to match was not carried out: the guest will say FIN again.
            record.Intents &= ~TcpIntents.GuestFin;
        }
        uint taken = (uint)(kernel.BytesAcked + (ulong)kernel.OutQueue) - record.Dialled - (finSent ? 1u : 0);
        uint consumed = (uint)kernel.BytesReceived - (uint)kernel.InQueue - (finReceived ? 1u : 0);
        state.RcvNxt = state.RcvEdge = record.GuestIsn + 1 + taken + (finSent ? 1u : 0);
        state.SndBase = state.SndUna = state.SndNxt = state.SndMax = state.PeekAt = record.OurIsn + 1 + consumed;
        state.AckLimit = state.SndBase + (uint)kernel.InQueue + (finReceived ? 1u : 0);
        state.SndWnd = state.Mss;
        state.Set(TcpMarks.Readable | (finSent ? TcpMarks.GuestFin : 0));
        if (finReceived)
        {
            state.Set(TcpMarks.HostFin);
            state.FinSeq = state.SndBase + (uint)kernel.InQueue;
        }
        _sockets.SetPeekOffset(state.Socket, 0);
        if (record.Dialled != 0 && taken == 0 && consumed == 0 && !finSent)
        {
            // The guest may never have seen our SYN-ACK. One that has answers it with an ACK.
            state.SndUna = state.SndNxt = record.OurIsn;
            Answer(flow);
            return true;
        }
        state.Phase = TcpPhase.Open;
        _table.Budgets.Established(record.NetworkId, record.Guest);
        RestoreFinAcknowledged(ref state, record.Intents);
        state.Set(TcpMarks.Resuming);
        MoveWindow(flow, ref state);
        _sends.Push(flow);
        _acks.Push(flow);
        return true;
    }

    /// <summary>The guest acknowledged our FIN before the kill: nothing more goes to it.</summary>
    private static void RestoreFinAcknowledged(ref TcpFlow state, TcpIntents intents)
    {
        if ((intents & TcpIntents.HostFinAcknowledged) != 0 && state.Has(TcpMarks.HostFin))
        {
            state.SndUna = state.SndNxt = state.SndMax = state.AckLimit = state.FinSeq + 1;
        }
    }
}
