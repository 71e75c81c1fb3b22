using Weft.Engine;
using Weft.Engine.State;
using Weft.Switching;

namespace Weft.Worker;

/// <summary>Follows a frame that only asks through switch, gateway and port, as far as a frame would be decided about there.</summary>
internal static class Inquiry
{
    /// <param name="gateway">The network's, with its port; null without one.</param>
    /// <param name="from">A port of that switch.</param>
    /// <param name="wanted">The port that is hoped to get it; null for the gateway.</param>
    public static HopRecord Ask(Switch network, (Gateway.Gateway Gateway, Port Port)? gateway, Port from, Port? wanted, in FrameRef frame)
    {
        HopRecord hop = new() { Flooded = -1 };
        if (!from.IsPlugged)
        {
            hop.AtSwitch = DropReason.Unplugged;
            return hop;
        }
        QuestionTrace trace = new(from.Tag);
        Port? only = network.Ask(from, in frame, ref trace);
        hop.AtSwitch = trace.Reason;
        hop.Flooded = trace.FloodedPorts;
        if (trace.Reason != DropReason.None)
        {
            return hop;
        }
        bool isFlood = trace.FloodedPorts >= 0;
        Port? asked = isFlood ? wanted : only;
        if (asked is not null && asked != gateway?.Port && asked != from)
        {
            hop.ToPort = isFlood ? 0 : asked.Tag;
            hop.AtPort = asked.Ask(in frame);
            hop.Reached = asked == wanted && hop.AtPort == DropReason.None ? (byte)1 : (byte)0;
        }
        if (gateway is { } router && from != router.Port && router.Port.IsUp && (isFlood || only == router.Port))
        {
            hop.ToGateway = 1;
            hop.AtGateway = router.Gateway.Ask(in frame, ref trace);
            hop.Fate = trace.Fate;
            (hop.HostAddress, hop.HostPort) = (trace.End.Address, trace.End.Port);
            hop.Reached |= wanted is null && hop.AtGateway == DropReason.None ? (byte)1 : (byte)0;
        }
        return hop;
    }
}
