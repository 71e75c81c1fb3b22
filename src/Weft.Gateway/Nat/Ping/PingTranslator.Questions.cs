using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Ping;

/// <summary>What is decided about an echo request before anything is done about it: for the doing, and for questions.</summary>
internal sealed unsafe partial class PingTranslator
{
    /// <summary>What would become of a message; nothing is made, sent or counted.</summary>
    public DropReason Ask<TTrace>(in FrameRef frame, in ParsedFrame packet, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        DropReason reason = Check(in frame, in packet);
        if (reason != DropReason.None)
        {
            return reason;
        }
        ushort identifier = NetworkOrder.Read16(frame.Head + packet.L4Offset + IcmpView.IdentifierOffset);
        bool isKnown = _table.Find(PingFlowRecord.KeyOf(NetworkId, packet.Source, identifier)) >= 0;
        FlowKey account = PingFlowRecord.AccountOf(NetworkId, packet.Source);
        if (!isKnown && IsOutOfDescriptors(in account))
        {
            return DropReason.DescriptorLimit;
        }
        if (!isKnown && IsForbidden)
        {
            // The last one was refused, and nothing has shown since that the next would not be.
            return DropReason.ProtocolUnsupported;
        }
        trace.Decided(isKnown ? FrameFate.KnownFlow : FrameFate.NewFlow, new HostEnd(packet.Destination, 0));
        return DropReason.None;
    }

    /// <summary>No descriptor is left, and the guest has none to give up for a new one.</summary>
    private bool IsOutOfDescriptors(in FlowKey account) => _table.Host.Keeper.IsFull && _table.Lists.OldestOf(in account) < 0;
}
