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
        public const byte Established = 1;
        public const byte SynSent = 2;
        public const byte FinWait1 = 4;
        public const byte FinWait2 = 5;
        public const byte TimeWait = 6;
        public const byte Close = 7;
        public const byte CloseWait = 8;
        public const byte LastAck = 9;
        public const byte Closing = 11;

        public static bool SaidFin(byte state) => state is FinWait1 or FinWait2 or Closing or LastAck or TimeWait;

        public static bool HeardFin(byte state) => state is CloseWait or LastAck or Closing or TimeWait;
    }

    /// <summary>A client that the keeper accepted and nobody took up: not a byte was read from it or written to it. One of a flow that
    /// ended so young may be called through once more; the guest refuses it again.</summary>
    public static bool IsUntouched(IHostSockets sockets, int socket) =>
        sockets.TryReadState(socket, out TcpSocketState kernel) && kernel.State is KernelState.Established or KernelState.CloseWait &&
        kernel.BytesAcked + (ulong)kernel.OutQueue == 0 && kernel.BytesReceived - (ulong)kernel.InQueue == (KernelState.HeardFin(kernel.State) ? 1u : 0);

    /// <summary>Ends a kept socket that no record claims, or that a record names by mistake: gently when it has said FIN and may
    /// still have something to deliver.</summary>
    public static void EndOrphan(HostSide host, int socket, int slot)
    {
        bool saidFin = host.Sockets.TryReadState(socket, out TcpSocketState kernel) && KernelState.SaidFin(kernel.State);
        host.Kept.End(socket, slot, abort: !saidFin);
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

    /// <summary>
    /// The slot of a young record may still hold the socket of a flow that ended in the predecessor's last turn, when the message
    /// with its drop and our add never left. Such a socket has said FIN or was reset, which a young one has not: forget the
    /// flow without a word, its guest (or the client that waits for it) tries again.
    /// </summary>
    private bool RestoreHandshake(int flow, ref TcpFlow state, ref TcpFlowRecord record, in TcpSocketState kernel)
    {
        const int Reset = 104;
        state.SndUna = state.SndNxt = record.OurIsn;
        bool connected = kernel.State is KernelState.Established or KernelState.CloseWait;
        if (record.State == TcpRecordState.Accepted && connected)
        {
            state.Phase = TcpPhase.Calling;
            state.Set(TcpMarks.Handshake);
            _sends.Push(flow);
            return true;
        }
        if (record.State == TcpRecordState.Dialling && (connected || kernel.State == KernelState.SynSent))
        {
            if (connected)
            {
                Answer(flow);
            }
            return true;
        }
        int error = record.State == TcpRecordState.Dialling && kernel.State == KernelState.Close ? _sockets.TakeError(state.Socket) : 0;
        if (error is not (0 or Reset))
        {
            DialFailed(flow, error);
        }
        else
        {
            End(flow, abort: !KernelState.SaidFin(kernel.State));
        }
        return false;
    }

    private bool RestoreOpen(int flow, ref TcpFlow state, ref TcpFlowRecord record, in TcpSocketState kernel)
    {
        bool closed = kernel.State == KernelState.Close;
        bool guestFin = (record.Intents & TcpIntents.GuestFin) != 0;

        // Closed without our FIN, with bytes or our FIN undelivered, or with an error: the host side reset it.
        bool wasReset = closed && (!guestFin || kernel.OutQueue != 0 || _sockets.TakeError(state.Socket) != 0);
        bool finished = closed && !wasReset;
        bool finSent = finished || KernelState.SaidFin(kernel.State);
        bool finReceived = finished || KernelState.HeardFin(kernel.State) || (wasReset && (record.Intents & TcpIntents.HostFin) != 0);
        if (!finSent && !wasReset)
        {
            // An intent without the state to match was not carried out: the guest will say FIN again.
            record.Intents &= ~TcpIntents.GuestFin;
        }
        Derive(ref state, ref record, in kernel, finSent, finReceived);
        state.Phase = TcpPhase.Open;
        if (record.Dialled != 0 && !closed && !finSent && state.RcvNxt == record.GuestIsn + 1 && state.SndBase == record.OurIsn + 1)
        {
            // The guest may never have seen our SYN-ACK. One that has answers it with an ACK.
            state.SndUna = state.SndNxt = record.OurIsn;
            Answer(flow);
            return true;
        }
        _table.Budgets.Established(record.NetworkId, record.Guest, state.Port);
        if (wasReset)
        {
            HostFailed(flow);
            return false;
        }
        _sockets.SetPeekOffset(state.Socket, 0);
        RestoreFinAcknowledged(ref state, record.Intents);
        state.Set(TcpMarks.Resuming);
        MoveWindow(flow, ref state);
        _sends.Push(flow);
        _acks.Push(flow);
        return true;
    }

    /// <summary>Both sequence numbers from the kernel's counters.</summary>
    private static void Derive(ref TcpFlow state, ref TcpFlowRecord record, in TcpSocketState kernel, bool finSent, bool finReceived)
    {
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
