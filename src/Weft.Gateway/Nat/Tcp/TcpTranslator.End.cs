using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>Death of a flow: the record first, then the kept descriptor by the one function that may end it.</summary>
internal sealed unsafe partial class TcpTranslator
{
    /// <summary>Both sides have said FIN and both were acknowledged: nothing is left to do once the socket is empty (closing it
    /// with bytes unread would reset what it still has to deliver).</summary>
    private void EndIfFinished(int flow, ref TcpFlow state)
    {
        const TcpIntents Both = TcpIntents.GuestFin | TcpIntents.HostFinAcknowledged;
        if ((_table.All[flow].Intents & Both) == Both && state.SndBase == state.FinSeq && !state.Has(TcpMarks.InAckList))
        {
            End(flow, abort: false);
        }
    }

    /// <summary>The host side broke: the guest gets a reset, at the highest number it may have seen. Where that is too high it
    /// asks back (RFC 5961 §3.2) and is answered exactly.</summary>
    private void HostFailed(int flow)
    {
        ref TcpFlow state = ref _table.Flows[flow];
        FlowKey key = _table.All[flow].Key;
        SendReset(in key, state.AckLimit, state.RcvNxt, withAck: true);
        End(flow, abort: true);
    }

    private void End(int flow, bool abort)
    {
        ref TcpFlow state = ref _table.Flows[flow];
        ref TcpFlowRecord record = ref _table.All[flow];
        record.SetState(TcpRecordState.Free, 0);
        _table.Host.Kept.End(state.Socket, record.Slot, abort);
        _table.Budgets.Close(record.NetworkId, record.Guest, state.Port, halfOpen: state.Phase != TcpPhase.Open);
        _table.Unindex(flow);
        _table.Wheel.Cancel(flow);
        DropBoard(ref state);
        if (state.Store >= 0)
        {
            _table.Stores.Return(state.Store);
            state.Store = -1;
        }
        if (_gatherFlow == flow)
        {
            _gatherFlow = -1;
            _gatherCount = _gatherBytes = 0;
        }
        state.Phase = TcpPhase.Free;
        state.Generation = 0;
        if (!state.Has(TcpMarks.InAckList | TcpMarks.InSendList))
        {
            _table.Return(flow);
        }
    }

    /// <summary>For a flow just popped from a queue: true when it ended meanwhile; its index is free once it left both queues.</summary>
    private bool FreeIfGone(int flow)
    {
        ref TcpFlow state = ref _table.Flows[flow];
        if (state.Phase != TcpPhase.Free)
        {
            return false;
        }
        if (!state.Has(TcpMarks.InAckList | TcpMarks.InSendList))
        {
            _table.Return(flow);
        }
        return true;
    }

    /// <summary>Answers a segment that no flow claims, as RFC 9293 §3.10.7.1 says.</summary>
    private void Refuse(in FlowKey key, ref TcpSegment segment)
    {
        if (segment.Is(TcpSegment.Ack))
        {
            SendReset(in key, segment.AckNumber, 0, withAck: false);
        }
        else
        {
            SendReset(in key, 0, segment.Seq + segment.Space, withAck: true);
        }
    }

    private void SendReset(in FlowKey key, uint seq, uint ack, bool withAck)
    {
        byte* packet = _side.Rent(TcpSegmentWriter.ResetLength);
        if (packet == null)
        {
            return;
        }
        TcpSegmentWriter.WriteReset(packet, in key, seq, ack, withAck, out Offload offload);
        _side.Send(key.Guest, TcpSegmentWriter.ResetLength, in offload);
    }
}
