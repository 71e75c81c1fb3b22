using Weft.Engine;
using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>A guest dials the host's side: decided, kept, connected at the end of the burst, answered when it is through.</summary>
internal sealed unsafe partial class TcpTranslator
{
    private const int InProgress = -115;
    private const byte HostUnreachable = 1;
    private const byte AdministrativelyProhibited = 13;

    private bool HasDescriptor => !_table.Host.Keeper.IsFull;

    private void Dial(in FlowKey key, ref TcpSegment syn)
    {
        DropReason verdict = MayLeave(in key, out _);
        if (verdict != DropReason.None)
        {
            Drop(verdict);
            Refuse(in key, ref syn);
            return;
        }
        int socket = HasDescriptor ? _sockets.OpenTcp(_side.Facts.Source) : -1;
        if (socket < 0)
        {
            Drop(DropReason.DescriptorLimit);
            _unreachable.Tell(in key, AdministrativelyProhibited, syn.Seq);
            return;
        }
        if (!TryCreate(in key, socket, TcpRecordState.Dialling, out int flow))
        {
            _sockets.Close(socket);
            return;
        }
        ref TcpFlow state = ref _table.Flows[flow];
        ref TcpFlowRecord record = ref _table.All[flow];
        record.Dialled = 1;
        Agree(ref state, ref record, ref syn);
        state.Phase = TcpPhase.Dialling;
        record.SetState(TcpRecordState.Dialling, state.Generation);
        if (TryKeep(flow))
        {
            _dials.Push(flow);
        }
    }

    /// <summary>Connects what the burst opened, once the keeper has it: a connection whose worker dies first would be a caller
    /// that hangs up without a word.</summary>
    private void ConnectDials()
    {
        if (_dials.IsEmpty)
        {
            return;
        }
        if (!_table.Host.Keeper.Flush())
        {
            WaitsForKeeper = _table.HasWaitingForKeeper = true;
            return;
        }
        while (_dials.TryPop(out int flow))
        {
            if (!FreeIfGone(flow))
            {
                Connect(flow);
            }
        }
    }

    private void Connect(int flow)
    {
        ref TcpFlow state = ref _table.Flows[flow];
        FlowKey key = _table.All[flow].Key;
        MayLeave(in key, out HostEnd hostDestination);
        int result = _sockets.Connect(state.Socket, hostDestination);
        if (result is not (0 or InProgress))
        {
            DialFailed(flow, -result);
            return;
        }
        Watch(flow);
        Arm(flow, ref state);
        if (result == 0)
        {
            Answer(flow);
        }
    }

    private void OnDialled(int flow, Ready what)
    {
        int error = (what & (Ready.Error | Ready.HangUp)) == 0 ? 0 : _sockets.TakeError(_table.Flows[flow].Socket);
        if (error != 0)
        {
            DialFailed(flow, error);
        }
        else if ((what & Ready.Write) != 0 && (what & Ready.HangUp) == 0)
        {
            Answer(flow);
        }
    }

    /// <summary>The host side is connected: SYN-ACK once the keeper has the descriptor.</summary>
    private void Answer(int flow)
    {
        ref TcpFlow state = ref _table.Flows[flow];
        state.Phase = TcpPhase.Answering;
        state.Set(TcpMarks.Handshake | TcpMarks.Readable);
        _sends.Push(flow);
        _side.Wake();
    }

    private void DialFailed(int flow, int error)
    {
        const int Refused = 111;
        const int Reset = 104;
        FlowKey key = _table.All[flow].Key;
        uint guestIsn = _table.All[flow].GuestIsn;
        if (error is Refused or Reset)
        {
            Drop(DropReason.HostRefused);
            SendReset(in key, seq: 0, ack: guestIsn + 1, withAck: true);
        }
        else
        {
            Drop(DropReason.HostUnreachable);
            _unreachable.Tell(in key, HostUnreachable, guestIsn);
        }
        End(flow, abort: true);
    }

    private void TakeWhileDialling(int flow, in FlowKey key, ref TcpSegment segment)
    {
        uint guestIsn = _table.All[flow].GuestIsn;
        if (segment.Is(TcpSegment.Rst))
        {
            if (segment.Seq == guestIsn + 1 || segment.Seq == guestIsn)
            {
                End(flow, abort: true);
            }
        }
        else if (segment.Is(TcpSegment.Syn) && segment.Seq != guestIsn)
        {
            // The guest gave up on its first try and starts anew from the same port.
            End(flow, abort: true);
            Dial(in key, ref segment);
        }
    }
}
