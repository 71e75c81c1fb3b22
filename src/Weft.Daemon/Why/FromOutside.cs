using System.Net;
using Weft.Daemon.Workers;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Planning;

namespace Weft.Daemon.Why;

/// <summary>The way of a client of the host's, or from outside, to a guest: through a forward.</summary>
internal sealed class FromOutside(WhyFacts facts, WhyProtocol protocol, WhyReader.Asker ask)
{
    public WhyDocument Explain(WhyEnd source, PlanePort guest)
    {
        IPAddress? address = facts.AddressOf(guest, out _);
        WhyWay way = new(address is null ? guest.Name : $"{guest.Name} {address}", protocol) { From = source.Text };
        if (facts.Network(guest.Network) is not { } network)
        {
            return way.Stops("not-attached", $"{guest.Name} is on no network", "weft status");
        }
        if (!network.IsTranslated)
        {
            return way.Dropped(DropReason.NoRoute, $"'{network.Name}' is internal: nothing leads into it", "weft status");
        }
        if (protocol.Port == 0)
        {
            return way.Dropped(DropReason.ProtocolUnsupported, "guests behind a router are not pinged from outside: forwards carry TCP and UDP",
                $"weft why {source.Text} {guest.Name} tcp/22");
        }
        PlaneForward? forward = Find(source, guest, address);
        if (forward is null)
        {
            return way.Dropped(DropReason.NoRoute, $"no forward leads to {guest.Guest} {protocol}",
                WhyTries.Forward(Listen(source), guest.Guest, protocol));
        }
        if (source.IsOutside && IPAddress.IsLoopback(forward.Listen))
        {
            string wider = (forward.ToForward() with { Listen = IPAddress.Any }).ToString();
            return way.Dropped(DropReason.NoRoute, $"forward {forward.ToForward()} listens on {forward.Listen} only",
                $"weft forward rm {forward.Key} && weft forward add {wider}");
        }
        way.Ok($"forward {forward.ToForward()} listens on {forward.Listen}:{forward.HostPort}");
        return Through(way, forward, guest);
    }

    private WhyDocument Through(WhyWay way, PlaneForward forward, PlanePort guest)
    {
        QuestionRecord question = new() { ForwardId = facts.Running.Forwards[forward.Key], WantedId = facts.IdOf(guest) };
        ask(in question, out AnswerRecord answer);
        if (answer.AtForward != DropReason.None)
        {
            return answer.AtForward == DropReason.NoRoute
                ? way.Dropped(DropReason.NoRoute, $"gateway: {guest.Guest} has no address yet, so nobody can be called", WhyTries.Attach(guest))
                : way.Dropped(answer.AtForward, $"gateway: {DropReasons.Of(answer.AtForward).Text}. {DropReasons.Of(answer.AtForward).Cause}");
        }
        way.Ok(answer.GuestMac.IsZero ? $"gateway: calls {answer.Guest}, once ARP has said where it is" : $"gateway: calls {answer.Guest} at {answer.GuestMac}");
        HopRecord hop = answer.Frame;
        if (hop.AtSwitch != DropReason.None)
        {
            return way.Dropped(hop.AtSwitch, $"switch: {DropReasons.Of(hop.AtSwitch).Text}");
        }
        if (hop.Reached == 0)
        {
            return !guest.Plugged ? way.Dropped(DropReason.Unplugged, $"the cable of {guest.Name} is out", $"weft nic plug {guest.Name}")
                : !facts.IsUp(guest) ? way.Dropped(DropReason.NoCarrier, $"no guest is connected to {guest.Name} ({guest.Attachment.Word()})",
                    WhyTries.Attach(guest))
                : way.Dropped(hop.AtPort == DropReason.None ? DropReason.NoRoute : hop.AtPort, $"port {guest.Name} does not get it");
        }
        way.Ok($"switch: → port {guest.Name}");
        way.Note($"not asked, since nothing is sent: whether {guest.Guest} listens on {protocol}");
        return way.Reaches($"port {guest.Name}");
    }

    /// <summary>One that listens where this end comes from, or else any to that guest.</summary>
    private PlaneForward? Find(WhyEnd source, PlanePort guest, IPAddress? address) => facts.Running.Plane.Forwards
        .Where(f => f.Network == guest.Network && f.Protocol == protocol.ForForward && f.GuestPort == protocol.Port &&
            (f.Target is null ? f.Guest == guest.Guest : f.Target.Equals(address) || f.Target.Equals(guest.Reserved)))
        .OrderBy(f => source.IsOutside && IPAddress.IsLoopback(f.Listen)).FirstOrDefault();

    private static string Listen(WhyEnd source) => source.IsOutside ? "0.0.0.0:" : "";
}
