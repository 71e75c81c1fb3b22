using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>What is decided about a segment before anything is done about it: for the doing, and for questions.</summary>
internal sealed unsafe partial class TcpTranslator
{
    /// <summary>What would become of a segment; nothing is made, sent or counted.</summary>
    public DropReason Ask<TTrace>(in FlowKey key, ref TcpSegment segment, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        if (_table.Find(in key) >= 0)
        {
            trace.Decided(FrameFate.KnownFlow);
            return DropReason.None;
        }
        if (!Opens(in segment))
        {
            trace.Decided(segment.Is(TcpSegment.Rst) ? FrameFate.Ignored : FrameFate.Reset);
            return DropReason.None;
        }
        DropReason reason = MayLeave(in key, out HostEnd host);
        if (reason == DropReason.None)
        {
            reason = HasDescriptor ? MayCreate(key.Guest, trace.FromTag) : DropReason.DescriptorLimit;
        }
        if (reason == DropReason.None)
        {
            trace.Decided(FrameFate.NewFlow, host);
        }
        return reason;
    }

    /// <summary>Whether the caps and the table have a place for one more flow of that guest.</summary>
    public DropReason MayCreate(IpAddress guest, ulong port)
    {
        if (!_table.Budgets.MayOpen(NetworkId, guest, port, out bool tooManyHalfOpen))
        {
            return tooManyHalfOpen ? DropReason.HalfOpenLimit : DropReason.FlowLimit;
        }
        return _table.HasFree ? DropReason.None : DropReason.FlowLimit;
    }

    private static bool Opens(in TcpSegment segment) =>
        (segment.Flags & (TcpSegment.Syn | TcpSegment.Ack | TcpSegment.Rst | TcpSegment.Fin)) == TcpSegment.Syn;

    private DropReason MayLeave(in FlowKey key, out HostEnd host) =>
        _table.Host.Access.Decide(_side.Facts, new HostEnd(key.Peer, key.PeerPort), IpProtocol.Tcp, out host);
}
