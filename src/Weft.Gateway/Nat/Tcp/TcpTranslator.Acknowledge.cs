using Weft.Engine;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>
/// ACKs and windows toward the guest. The window is the room that the socket has now, looked up each time; its right edge
/// never moves back. When it gets small the socket is asked to tell of room (a send that never failed would not). While it is
/// too small for the guest to go on, a slow timer looks too, since a window update must not hang on one edge-triggered event.
/// Such a look sends an ACK only when it moves the edge: a small buffer may be writable and still offer little.
/// </summary>
internal sealed unsafe partial class TcpTranslator
{
    private const int SmallWindow = 64 * 1024;
    private const long WindowRecheck = 200_000;

    /// <summary>Silly window avoidance (RFC 9293 §3.8.6.2.2): a closed window opens by two segments, or by this much where those are huge.</summary>
    private const uint LeastOpening = 2920;

    /// <summary>Sends the ACK that is owed. False when the outbox is full.</summary>
    private bool AcknowledgeStep(int flow)
    {
        ref TcpFlow state = ref _table.Flows[flow];
        if (state.Phase != TcpPhase.Open)
        {
            return true;
        }
        if (!state.Has(TcpMarks.DuplicateAck))
        {
            int room = MoveWindow(flow, ref state);
            WatchRoom(flow, ref state, room);
        }
        if (!SendBare(flow, ref state, TcpSegment.Ack, state.SndMax))
        {
            return false;
        }
        state.Clear(TcpMarks.DuplicateAck | TcpMarks.Blocked);
        EndIfFinished(flow, ref state);
        return true;
    }

    /// <summary>Moves the right edge to what the socket has room for, and returns that room.</summary>
    private int MoveWindow(int flow, ref TcpFlow state)
    {
        if (state.Has(TcpMarks.GuestFin))
        {
            state.WindowAt = 0;
            return int.MaxValue;
        }
        int room = Math.Max(_sockets.Room(state.Socket), 0);
        uint edge = state.RcvNxt + ((uint)room >> state.OurScale << state.OurScale);
        uint least = SmallestOpening(ref state);
        if (Sequence.After(edge, state.RcvEdge) && (edge - state.RcvEdge >= least || state.RcvEdge - state.RcvNxt >= least))
        {
            state.RcvEdge = edge;
        }
        if (state.RcvEdge - state.RcvNxt >= least)
        {
            state.WindowAt = 0;
        }
        else if (state.WindowAt == 0)
        {
            state.WindowAt = Now + WindowRecheck;
            Arm(flow, ref state);
        }
        return room;
    }

    private static uint SmallestOpening(ref TcpFlow state) => Math.Min(2u * state.Mss, LeastOpening);

    /// <summary>Asks the socket to tell of room when the guest may soon need it.</summary>
    private void WatchRoom(int flow, ref TcpFlow state, int room)
    {
        if (Math.Min((uint)room, state.RcvEdge - state.RcvNxt) < SmallWindow && !state.Has(TcpMarks.RoomWatched | TcpMarks.GuestFin))
        {
            state.Set(TcpMarks.RoomWatched);
            _table.Lane.Readiness.Rewatch(state.Socket, _table.TokenOf(flow), Ready.Read | Ready.Write | Ready.PeerClosed);
        }
    }

    /// <summary>The socket told of room, or it is time to look: what waited for room goes on, and the guest hears of a window that grew.</summary>
    private void LookAtRoom(int flow, ref TcpFlow state)
    {
        if (state.Phase != TcpPhase.Open)
        {
            return;
        }
        WriteStored(flow, ref state);
        if (state.Phase != TcpPhase.Open)
        {
            return;
        }
        uint before = state.RcvEdge;
        MoveWindow(flow, ref state);
        if (state.RcvEdge != before)
        {
            _acks.Push(flow);
        }
    }
}
