using Weft.Engine;
using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>Birth of a flow, from either side: record, then the descriptor to the keeper, then the connection (<c>Dial</c>), then the answer.</summary>
internal sealed unsafe partial class TcpTranslator
{
    /// <summary>A client that came through a forward: dial the guest. The socket is ours from here on.</summary>
    /// <param name="slot">The keeper's slot that it lies in; −1 when it is not kept yet.</param>
    public void Call(int socket, int slot, HostEnd client, HostEnd guest)
    {
        FlowKey key = new(NetworkId, guest.Address, client.Address, guest.Port, client.Port, 6);
        for (int attempt = 0; _table.Find(in key) >= 0 && attempt < 16; attempt++)
        {
            key = key with { PeerPort = (ushort)(49152 + ((client.Port + attempt * 977) & 0x3fff)) };
        }
        if (_table.Find(in key) >= 0 || !TryCreate(in key, socket, TcpRecordState.Accepted, out int flow))
        {
            _table.Host.Kept.End(socket, slot, abort: true);
            return;
        }
        ref TcpFlow state = ref _table.Flows[flow];
        ref TcpFlowRecord record = ref _table.All[flow];
        record.Slot = slot;
        state.Phase = TcpPhase.Calling;
        record.SetState(TcpRecordState.Accepted, state.Generation);
        if (slot < 0)
        {
            if (!TryKeep(flow))
            {
                return;
            }
            // A client that was accepted cannot try again unseen, as a guest's SYN can: safe at once, not at the end of the turn.
            _table.Host.Keeper.Flush();
        }
        Watch(flow);
        state.Set(TcpMarks.Handshake);
        _sends.Push(flow);
        _side.Wake();
    }

    private void TakeUnknown(in FlowKey key, ref TcpSegment segment)
    {
        if (Opens(in segment))
        {
            Dial(in key, ref segment);
        }
        else if (!segment.Is(TcpSegment.Rst))
        {
            Refuse(in key, ref segment);
        }
    }

    /// <summary>Takes an index for a tuple and fills what both kinds of birth share; false when a cap or the table says no.</summary>
    private bool TryCreate(in FlowKey key, int socket, TcpRecordState kind, out int flow)
    {
        flow = -1;
        ulong port = _side.PortOf(key.Guest);
        if (!_table.Budgets.TryOpen(key.NetworkId, key.Guest, port, out bool tooManyHalfOpen))
        {
            Drop(tooManyHalfOpen ? DropReason.HalfOpenLimit : DropReason.FlowLimit);
            return false;
        }
        flow = _table.Rent(out ulong generation);
        if (flow < 0)
        {
            _table.Budgets.Close(key.NetworkId, key.Guest, port, halfOpen: true);
            Drop(DropReason.FlowLimit);
            return false;
        }
        ref TcpFlowRecord record = ref _table.All[flow];
        record = new TcpFlowRecord
        {
            NetworkId = key.NetworkId,
            Guest = key.Guest,
            Peer = key.Peer,
            GuestPort = key.GuestPort,
            PeerPort = key.PeerPort,
            Slot = -1,
            OurIsn = _table.Sequence.For(in key, Now),
            OurScale = OurScale,
            Mss = 536,
        };
        _table.Index(flow);
        ref TcpFlow state = ref _table.Flows[flow];
        state = new TcpFlow
        {
            Generation = generation,
            Socket = socket,
            Owner = _self,
            Port = port,
            Store = -1,
            Board = -1,
            LastActive = Now,
            Cwnd = uint.MaxValue,
            Flags = TcpMarks.NoTsRecent,
        };
        FillFromRecord(flow, ref state, ref record, sndBase: record.OurIsn + 1);
        state.SndUna = state.SndNxt = record.OurIsn;
        state.SndMax = state.AckLimit = record.OurIsn + 1;
        return true;
    }

    /// <summary>What a working struct copies from its record, at birth and at takeover alike.</summary>
    private void FillFromRecord(int flow, ref TcpFlow state, ref TcpFlowRecord record, uint sndBase)
    {
        FlowKey key = record.Key;
        state.Mss = record.Mss;
        state.GuestScale = record.GuestScale;
        state.OurScale = record.OurScale;
        state.Agreed = record.Agreed;
        state.TsOffset = _table.Sequence.TimestampOffset(in key);
        state.SndBase = state.SndUna = state.SndNxt = state.SndMax = state.AckLimit = state.PeekAt = sndBase;
        state.RcvNxt = state.RcvEdge = record.GuestIsn + 1;
    }

    /// <summary>Takes over what the guest's SYN or SYN-ACK offers; offered is all we can do, so what the guest offers is agreed.</summary>
    private void Agree(ref TcpFlow state, ref TcpFlowRecord record, ref TcpSegment syn)
    {
        int largest = _side.Facts.Mtu - 40;
        record.GuestIsn = syn.Seq;
        record.Mss = (ushort)Math.Clamp(syn.Mss == 0 ? 536 : (int)syn.Mss, 64, largest);
        record.Agreed = (syn.Scale >= 0 ? TcpAgreed.WindowScale : 0) | (syn.HasTimestamps ? TcpAgreed.Timestamps : 0) |
            (syn.SackPermitted ? TcpAgreed.Sack : 0);
        record.GuestScale = (byte)Math.Max(0, syn.Scale);
        record.OurScale = syn.Scale >= 0 ? OurScale : (byte)0;
        state.Mss = record.Mss;
        state.Agreed = record.Agreed;
        state.GuestScale = record.GuestScale;
        state.OurScale = record.OurScale;
        state.RcvNxt = state.RcvEdge = syn.Seq + 1;
        state.SndWnd = syn.Window;
        NoteTimestamp(ref state, ref syn);
    }

    /// <summary>Hands the descriptor to the keeper; a flow that is not kept is never answered.</summary>
    private bool TryKeep(int flow)
    {
        IDescriptorKeeper keeper = _table.Host.Keeper;
        int slot = keeper.Add(_table.Flows[flow].Socket);
        _table.All[flow].Slot = slot;
        if (slot >= 0 || !keeper.IsCovered)
        {
            return true;
        }
        Drop(DropReason.KeeperBusy);
        End(flow, abort: true);
        return false;
    }

    private void Watch(int flow)
    {
        _table.Lane.Readiness.Watch(_table.Flows[flow].Socket, _table.TokenOf(flow), Ready.Read | Ready.Write | Ready.PeerClosed);
    }

    private void TakeWhileAnswering(int flow, in FlowKey key, in FrameRef frame, ref TcpSegment segment)
    {
        ref TcpFlow state = ref _table.Flows[flow];
        if (segment.Is(TcpSegment.Syn))
        {
            TakeSynWhileAnswering(flow, ref state, in key, ref segment);
            return;
        }
        if (segment.Is(TcpSegment.Ack) && Sequence.Within(segment.AckNumber, state.SndMax, state.AckLimit))
        {
            Opened(flow, ref state, state.SndMax);
            MeasureRoundTrip(ref state, ref segment);
            TakeOpen(flow, in frame, ref segment);
        }
        else if (segment.Is(TcpSegment.Rst) && segment.Seq == state.RcvNxt)
        {
            End(flow, abort: true);
        }
    }

    /// <summary>The same SYN again: our answer was lost. Another one: the guest starts anew from the same port.</summary>
    private void TakeSynWhileAnswering(int flow, ref TcpFlow state, in FlowKey key, ref TcpSegment segment)
    {
        if (segment.Seq != _table.All[flow].GuestIsn)
        {
            End(flow, abort: true);
            Dial(in key, ref segment);
            return;
        }
        state.Set(TcpMarks.Handshake);
        _sends.Push(flow);
    }

    private void TakeWhileCalling(int flow, in FlowKey key, ref TcpSegment segment)
    {
        ref TcpFlow state = ref _table.Flows[flow];
        ref TcpFlowRecord record = ref _table.All[flow];
        if (!segment.Is(TcpSegment.Ack) || segment.AckNumber != record.OurIsn + 1)
        {
            if (segment.Is(TcpSegment.Ack) && !segment.Is(TcpSegment.Rst))
            {
                // The guest answers for a connection that we do not know: with a reset it forgets it, and our next SYN is heard.
                Refuse(in key, ref segment);
            }
            return;
        }
        if (segment.Is(TcpSegment.Rst))
        {
            Drop(DropReason.HostRefused);
            End(flow, abort: true);
        }
        else if (segment.Is(TcpSegment.Syn))
        {
            Agree(ref state, ref record, ref segment);
            record.SetState(TcpRecordState.Established, state.Generation);
            Opened(flow, ref state, segment.AckNumber);
            state.Set(TcpMarks.Readable);
            _acks.Push(flow);
            _sends.Push(flow);
        }
    }

    private void Opened(int flow, ref TcpFlow state, uint acknowledged)
    {
        state.Phase = TcpPhase.Open;
        state.Clear(TcpMarks.Handshake);
        state.SndUna = state.SndNxt = acknowledged;
        state.SndBase = state.PeekAt = acknowledged;
        state.RetransmitAt = 0;
        state.Retries = 0;
        _table.Budgets.Established(NetworkId, _table.All[flow].Guest, state.Port);
        if (state.Has(TcpMarks.Readable))
        {
            _sends.Push(flow);
        }
    }
}
