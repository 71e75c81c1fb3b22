using Weft.Engine;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>
/// ACKs and windows toward the guest. The window is the room that the socket has now, looked up each time; its right edge
/// never moves back. When it gets small the socket is asked to tell of room (a send that never failed would not), and a slow
/// timer looks again, since a window update must not hang on one edge-triggered event.
/// </summary>
internal sealed unsafe partial class TcpTranslator
{
    private const int SmallWindow = 64 * 1024;
    private const long WindowRecheck = 200_000;

    /// <summary>Sends the ACK that is owed. False when the outbox is full.</summary>
    private bool AcknowledgeStep(int flow)
    {
        ref TcpFlow state = ref _table.Flows[flow];
        if (state.Phase != TcpPhase.Open)
        {
            return true;
        }
        bool duplicate = state.Has(TcpMarks.DuplicateAck);
        if (!duplicate)
        {
            MoveWindow(flow, ref state);
        }
        if (!SendBare(flow, ref state, TcpSegment.Ack, state.SndMax))
        {
            return false;
        }
        state.Clear(TcpMarks.DuplicateAck | TcpMarks.Blocked);
        EndIfFinished(flow, ref state);
        return true;
    }

    /// <summary>Moves the right edge to what the socket has room for.</summary>
    private void MoveWindow(int flow, ref TcpFlow state)
    {
        if (state.Has(TcpMarks.GuestFin))
        {
            state.RcvEdge = state.RcvNxt;
            state.WindowAt = 0;
            return;
        }
        int room = _sockets.Room(state.Socket);
        uint edge = state.RcvNxt + ((uint)Math.Max(room, 0) >> state.OurScale << state.OurScale);
        uint offered = state.RcvEdge - state.RcvNxt;
        // Silly window avoidance (RFC 9293 §3.8.6.2.2): open by two segments at least.
        if (Sequence.After(edge, state.RcvEdge) && (edge - state.RcvEdge >= 2u * state.Mss || offered >= 2u * state.Mss))
        {
            state.RcvEdge = edge;
        }
        if (state.RcvEdge - state.RcvNxt >= SmallWindow)
        {
            state.WindowAt = 0;
            return;
        }
        if (!state.Has(TcpMarks.RoomWatched))
        {
            state.Set(TcpMarks.RoomWatched);
            _table.Lane.Readiness.Rewatch(state.Socket, _table.TokenOf(flow), Ready.Read | Ready.Write | Ready.PeerClosed);
        }
        if (state.WindowAt == 0)
        {
            state.WindowAt = Now + WindowRecheck;
            Arm(flow, ref state);
        }
    }
}
