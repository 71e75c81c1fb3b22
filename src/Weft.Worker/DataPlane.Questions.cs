using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Wire;

namespace Weft.Worker;

/// <summary>Questions of <c>weft why</c>: answered on the network's lane, which stands still meanwhile.</summary>
internal sealed unsafe partial class DataPlane
{
    public int Ask(in QuestionRecord question, out AnswerRecord answer)
    {
        answer = default;
        answer.Arp.Flooded = answer.Frame.Flooded = -1;
        if (question.ForwardId != 0)
        {
            return AskForward(in question, ref answer);
        }
        if (!_ports.TryGetValue(question.PortId, out PortPlane? port))
        {
            return -Errno.ENOENT;
        }
        if (port.Network is not { } network)
        {
            return -Errno.ENETUNREACH;
        }
        using LaneSet.Held held = _lanes.Hold(network.Lane);
        using QuestionFrame frame = new();
        Port? wanted = WantedOf(in question, network);
        MacAddress mac = port.Record->Mac;
        if (!question.NextHop.IsNone)
        {
            frame.WriteArp((mac, question.Source), question.NextHop);
            answer.Arp = Inquiry.Ask(network.Switch, GatewayOf(network), port.Port, wanted, in frame.Frame);
        }
        if (!question.NextHopMac.IsZero)
        {
            frame.WritePacket((mac, question.NextHopMac), new HostEnd(question.Source, 0), new HostEnd(question.Destination, question.Port),
                question.Protocol);
            answer.Frame = Inquiry.Ask(network.Switch, GatewayOf(network), port.Port, wanted, in frame.Frame);
        }
        return 0;
    }

    private int AskForward(in QuestionRecord question, ref AnswerRecord answer)
    {
        if (!_forwards.ContainsKey(question.ForwardId))
        {
            return -Errno.ENOENT;
        }
        ForwardRecord* record = RecordOfForward(question.ForwardId);
        if (!_networks.TryGetValue(record->NetworkId, out NetworkPlane? network) || GatewayOf(network) is not { } gateway)
        {
            return -Errno.ENETUNREACH;
        }
        using LaneSet.Held held = _lanes.Hold(network.Lane);
        HostEnd guest = new(record->Target, record->TargetPort);
        answer.AtForward = gateway.Gateway.AskForward(record->TargetGuest.ToString(), record->Protocol, ref guest, out answer.GuestMac);
        answer.Guest = guest.Address;
        Port? wanted = WantedOf(in question, network);
        if (answer.AtForward != DropReason.None || (answer.GuestMac.IsZero && wanted is null))
        {
            return 0;
        }
        MacAddress to = answer.GuestMac.IsZero ? PortOf(question.WantedId)!.Record->Mac : answer.GuestMac;
        using QuestionFrame frame = new();
        frame.WritePacket((gateway.Gateway.Facts.GatewayMac, to), new HostEnd(gateway.Gateway.Facts.Gateway, 0), guest, record->Protocol);
        answer.Frame = Inquiry.Ask(network.Switch, gateway, gateway.Port, wanted, in frame.Frame);
        return 0;
    }

    private Port? WantedOf(in QuestionRecord question, NetworkPlane network) =>
        _ports.TryGetValue(question.WantedId, out PortPlane? wanted) && wanted.Network == network ? wanted.Port : null;

    private static (Gateway.Gateway Gateway, Port Port)? GatewayOf(NetworkPlane network) =>
        network is { Gateway: { } gateway, GatewayPort: { } port } ? (gateway, port) : null;
}
