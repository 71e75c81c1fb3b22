using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>
/// Theory. TCP between a guest and the host's sockets, translated, not terminated: this is no stack with buffers.
///   guest → host: in-order payload goes from the guest's frames straight into the socket (<c>FromGuest</c>). What the socket
///     accepted is acknowledged, once per burst, with a window that follows the socket's real room and never moves back
///     (<c>Acknowledge</c>). An acknowledgement promises "in the kernel's socket", which the keeper holds too.
///   host → guest: bytes stay in the socket until the guest acknowledges them; they are peeked, sent as segments up to
///     64 KiB, and discarded from the socket when acknowledged (<c>ToGuest</c>). Loss toward the guest is mended from the
///     socket by fast retransmit with a SACK scoreboard, then by time-out (<c>Recover</c>, <c>Timers</c>).
///   Loss recovery and congestion control toward the outside are the host kernel's.
///   birth: record (dialling) → descriptor to the keeper → connection → answer (<c>Open</c>). death: record cleared → <c>IKeptDescriptors.End</c> (<c>End</c>).
///   takeover: both sequence numbers are derived from the kernel's counters, never stored (<c>Restore</c>).
/// States: <see cref="TcpPhase"/>. Sources: RFC 9293, 7323 (timestamps, PAWS), 2018/6675 (SACK), 6298 (RTO), 5961 (blind attacks).
/// Limits: IPv4; no urgent data (taken as ordinary), no simultaneous open.
/// </summary>
internal sealed unsafe partial class TcpTranslator : IDisposable
{
    /// <summary>Window scale offered: 65,535 « 5 covers the 1 MiB that the room of a socket is capped at.</summary>
    private const byte OurScale = 5;

    private const int GatherRuns = 256;

    private readonly TcpTable _table;
    private readonly IGuestSide _side;
    private readonly IUnreachable _unreachable;
    private readonly PortCounters* _counters;
    private readonly IHostSockets _sockets;
    private readonly ushort _self;
    private readonly IoVec* _gather;
    private FlowQueue _acks;
    private FlowQueue _sends;

    /// <summary>Flows that wait for room at their guest's port, or for the keeper.</summary>
    private FlowQueue _parked;

    /// <summary>Flows of this burst whose host side is to be connected.</summary>
    private FlowQueue _dials;
    private int _gatherFlow = -1;
    private int _gatherCount;
    private int _gatherBytes;

    /// <param name="counters">Of the gateway's port: drops are counted here.</param>
    public TcpTranslator(TcpTable table, IGuestSide side, IUnreachable unreachable, PortCounters* counters)
    {
        _table = table;
        _side = side;
        _unreachable = unreachable;
        _counters = counters;
        _sockets = table.Host.Sockets;
        _gather = (IoVec*)NativeMemory.Alloc(GatherRuns, (nuint)sizeof(IoVec));
        _acks = new FlowQueue(table.Flows, acks: true);
        _sends = new FlowQueue(table.Flows, acks: false);
        _parked = new FlowQueue(table.Flows, acks: false);
        _dials = new FlowQueue(table.Flows, acks: false);
        _self = table.Add(this);
    }

    public ulong NetworkId => _side.Facts.NetworkId;

    /// <summary>True when <see cref="Produce"/> has something to do.</summary>
    public bool HasWork => !_acks.IsEmpty || !_sends.IsEmpty;

    /// <summary>The last <see cref="Produce"/> left acknowledged bytes in a socket: it goes on though it may have sent nothing.</summary>
    public bool IsDiscarding { get; private set; }

    private long Now => _table.Lane.Now;

    /// <summary>Takes one TCP segment of a guest; its frame stays on loan until <see cref="EndOfBurst"/>.</summary>
    public void Take(in FrameRef frame, in FlowKey key, ref TcpSegment segment)
    {
        int flow = _table.Find(in key);
        if (flow < 0)
        {
            TakeUnknown(in key, ref segment);
            return;
        }
        ref TcpFlow state = ref _table.Flows[flow];
        state.LastActive = Now;
        switch (state.Phase)
        {
            case TcpPhase.Dialling:
                TakeWhileDialling(flow, in key, ref segment);
                break;
            case TcpPhase.Answering:
                TakeWhileAnswering(flow, in key, in frame, ref segment);
                break;
            case TcpPhase.Calling:
                TakeWhileCalling(flow, in key, ref segment);
                break;
            default:
                TakeOpen(flow, in frame, ref segment);
                break;
        }
    }

    /// <summary>After the last frame of a burst: what was gathered goes to its socket, new flows are connected.</summary>
    public void EndOfBurst()
    {
        FlushGathered();
        ConnectDials();
    }

    /// <summary>Puts into the outbox what is due: data, then ACKs that no data carried. Stops when the outbox is full.</summary>
    public void Produce()
    {
        IsDiscarding = false;
        bool isFull = false;
        for (int count = _sends.Count; count > 0 && !isFull && _sends.TryPop(out int flow); count--)
        {
            if (FreeIfGone(flow))
            {
                continue;
            }
            switch (SendStep(flow))
            {
                case StepResult.More:
                    _sends.Push(flow);
                    break;
                case StepResult.Full:
                    _sends.Push(flow);
                    isFull = true;
                    break;
                case StepResult.Parked:
                    _parked.Push(flow);
                    break;
            }
        }
        for (int count = _acks.Count; count > 0 && _acks.TryPop(out int flow); count--)
        {
            if (FreeIfGone(flow))
            {
                continue;
            }
            if (!AcknowledgeStep(flow))
            {
                _acks.Push(flow);
                break;
            }
        }
    }

    /// <summary>A port has room again, or the keeper has caught up.</summary>
    public void Unpark()
    {
        WaitsForKeeper = false;
        while (_parked.TryPop(out int flow))
        {
            _sends.Push(flow);
        }
        ConnectDials();
    }

    public bool HasParked => !_parked.IsEmpty;

    /// <summary>One of the parked waits for the keeper, which tells nobody when it has caught up.</summary>
    public bool WaitsForKeeper { get; private set; }

    public void OnSocket(int flow, Ready what)
    {
        ref TcpFlow state = ref _table.Flows[flow];
        if (state.Phase == TcpPhase.Dialling)
        {
            OnDialled(flow, what);
            return;
        }
        if ((what & Ready.Error) != 0)
        {
            // The error itself stays in the socket: reading clears it, and a successor must find it.
            HostFailed(flow);
            return;
        }
        if ((what & (Ready.Read | Ready.PeerClosed | Ready.HangUp)) != 0)
        {
            state.Set(TcpMarks.Readable);
            _sends.Push(flow);
        }
        if ((what & Ready.Write) != 0 && state.Has(TcpMarks.RoomWatched))
        {
            state.Clear(TcpMarks.RoomWatched);
            LookAtRoom(flow, ref state);
        }
        _side.Wake();
    }

    public void Dispose()
    {
        for (int flow = 0; flow < _table.All.Capacity && _table.Count > 0; flow++)
        {
            if (_table.Flows[flow].Phase != TcpPhase.Free && _table.Flows[flow].Owner == _self)
            {
                End(flow, abort: true);
            }
        }
        Empty(ref _dials);
        Empty(ref _parked);
        Empty(ref _sends);
        Empty(ref _acks);
        _table.Remove(_self);
        NativeMemory.Free(_gather);
    }

    private void Empty(ref FlowQueue queue)
    {
        while (queue.TryPop(out int flow))
        {
            FreeIfGone(flow);
        }
    }

    private void Drop(DropReason reason) => _counters->Drop(reason);
}
