using System.Net;
using Weft.Daemon.Workers;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Planning;
using Weft.Wire;

namespace Weft.Daemon.Why;

/// <summary>The way of a frame that a guest would send.</summary>
internal sealed class FromGuest(WhyFacts facts, WhyProtocol protocol, WhyReader.Asker ask)
{
    /// <summary>Stands for "anywhere outside" where a route is asked for.</summary>
    private static readonly IPAddress Anywhere = IPAddress.Parse("192.0.2.1");

    private PlanePort _port = null!;
    private PlaneNetwork _network = null!;
    private WhyWay _way = null!;

    public WhyDocument Explain(PlanePort port, WhyEnd target)
    {
        _port = port;
        _way = new WhyWay(target.Text, protocol) { From = port.Name };
        if (target.IsUnknownName)
        {
            return _way.Stops("no-such-name", $"the host cannot resolve '{target.Name}'", $"weft why {port.Name} gateway udp/53");
        }
        if (target.Address is { } itself && IPAddress.IsLoopback(itself))
        {
            return _way.Stops("own-loopback", $"{itself} is the guest itself: the host's loopback is reached at the gateway's address",
                $"weft why {port.Name} host {protocol}");
        }
        if (OfCable(port) is { } cut)
        {
            return cut;
        }
        if (facts.Network(port.Network) is not { } network)
        {
            return _way.Stops("not-attached", $"{port.Name} is on no network", "weft status");
        }
        _network = network;
        IPAddress? own = facts.AddressOf(port, out bool isLeased);
        if (own is null && network.Pool is not null)
        {
            string kept = port.Reserved is { } reserved ? $" ({reserved} is kept for it)" : "";
            return _way.Stops("no-address", $"its guest has no address yet{kept}: it has not asked by DHCP and has not said a word",
                WhyTries.Attach(port));
        }
        _way.From = own is null ? port.Name : $"{port.Name} {own}";
        _way.Ok(own is null ? $"'{network.Name}' gives no addresses; the guest's own is not known"
            : $"address {own} {(isLeased ? "leased" : "set in the guest")}{(network.Gateway is { } g && network.IsTranslated ? $", gateway {g}" : "")}");
        return Toward(target, own);
    }

    private WhyDocument? OfCable(PlanePort port)
    {
        string kind = port.Attachment.Word();
        if (!port.Plugged)
        {
            return _way.Dropped(DropReason.Unplugged, $"the cable of {port.Name} is out", $"weft nic plug {port.Name}");
        }
        if (port.Network is not null && !facts.IsUp(port))
        {
            return _way.Dropped(DropReason.NoCarrier, $"no guest is connected to {port.Name} ({kind})", WhyTries.Attach(port));
        }
        if (port.Network is not null)
        {
            _way.Ok($"cable is in, guest connected ({kind})");
        }
        return null;
    }

    private WhyDocument Toward(WhyEnd target, IPAddress? own)
    {
        if (target.Port is { } guest)
        {
            return guest.Network == _network.Name ? ToNeighbour(guest, own) : ToOtherNetwork(guest);
        }
        if (target.GatewayOf is { } other && other.Name != _network.Name)
        {
            return _way.Dropped(DropReason.NoRoute, $"{_port.Name} is on '{_network.Name}': no router leads from there to '{other.Name}'", "weft status");
        }
        IPAddress? address = target.IsOwnGateway || target.IsHost || target.GatewayOf is not null ? _network.Gateway
            : target.IsOutside ? Anywhere : target.Address;
        if (target.Name is not null && target.Address is not null)
        {
            _way.Ok($"{target.Name} is {target.Address}, by the host's resolver");
        }
        bool isNear = address is not null && _network.Subnet is { } subnet && subnet.Contains(address);
        bool isOurs = address is not null && (address.Equals(_network.Gateway) || address.Equals(_network.Dns));
        if (isNear && !isOurs)
        {
            _way.To = address!.ToString();
            return facts.OwnerOf(_network.Name, address!) is { } owner ? ToNeighbour(owner, own) : ToNobody(address!, own);
        }
        if (_network.Gateway is null || (!_network.IsTranslated && !isOurs))
        {
            return _way.Dropped(DropReason.NoRoute, $"'{_network.Name}' is internal: it has no router, and nothing leads out of it", "weft status");
        }
        _way.To = target.IsOutside ? "outside" : address!.ToString();
        return ToGateway(target, address!, isOurs ? address! : _network.Gateway, own);
    }

    private WhyDocument ToOtherNetwork(PlanePort guest)
    {
        if (guest.Network is null)
        {
            return _way.Stops("not-attached", $"{guest.Name} is on no network", "weft status");
        }
        bool isForwarded = facts.Network(guest.Network)?.IsTranslated == true && protocol.Port != 0 && _network.HostLoopback;
        return _way.Dropped(DropReason.NoRoute, $"{_port.Name} is on '{_network.Name}', {guest.Name} on '{guest.Network}': no router between them",
            isForwarded ? WhyTries.Forward("", guest.Guest, protocol) : "weft status");
    }

    private WhyDocument ToNeighbour(PlanePort guest, IPAddress? own)
    {
        IPAddress? address = facts.AddressOf(guest, out _) ?? guest.Reserved;
        _way.To = address is null ? guest.Name : $"{guest.Name} {address}";
        if (guest.Name == _port.Name)
        {
            return _way.Reaches($"{guest.Name}: it is the guest itself");
        }
        ask(Question(own, address, address, Records.Mac(guest.Mac)) with { WantedId = facts.IdOf(guest) }, out AnswerRecord answer);
        if (address is not null && OfArp(in answer.Arp, address, guest) is { } lost)
        {
            return lost;
        }
        if (OfSwitch(in answer.Frame, guest.Mac) is { } dropped)
        {
            return dropped;
        }
        if (OfPort(in answer.Frame, guest) is { } refused)
        {
            return refused;
        }
        _way.Note($"not asked, since nothing is sent: whether {guest.Guest} answers {protocol}");
        return _way.Reaches($"port {guest.Name}");
    }

    private WhyDocument ToNobody(IPAddress address, IPAddress? own)
    {
        ask(Question(own, address, address, default), out AnswerRecord answer);
        return OfSwitch(in answer.Arp, "ff:ff:ff:ff:ff:ff")
            ?? _way.Dropped(DropReason.NoRoute, $"nobody on '{_network.Name}' is known to have {address}: ARP for it gets no answer", "weft status");
    }

    private WhyDocument ToGateway(WhyEnd target, IPAddress address, IPAddress nextHop, IPAddress? own)
    {
        ask(Question(own, address, nextHop, Records.Mac(_network.GatewayMac)), out AnswerRecord answer);
        if (OfSwitch(in answer.Arp, "ff:ff:ff:ff:ff:ff", quiet: true) is { } lost)
        {
            return lost;
        }
        if (answer.Arp.Fate != FrameFate.ArpAnswered)
        {
            return _way.Dropped(DropReason.NoRoute, $"the gateway does not answer ARP for {nextHop}", "weft status");
        }
        _way.Ok($"ARP: the gateway answers for {nextHop}");
        if (OfSwitch(in answer.Frame, _network.GatewayMac!) is { } dropped)
        {
            return dropped;
        }
        return new AtGateway(_way, _network, protocol).Explain(in answer.Frame, target, address);
    }

    private WhyDocument? OfArp(in HopRecord arp, IPAddress address, PlanePort guest)
    {
        if (OfSwitch(in arp, "ff:ff:ff:ff:ff:ff", quiet: true) is { } dropped)
        {
            return dropped;
        }
        if (OfPort(in arp, guest) is { } refused)
        {
            return refused;
        }
        _way.Ok($"ARP for {address} is flooded to {Ports(arp.Flooded)}, {guest.Name} among them");
        return null;
    }

    private WhyDocument? OfSwitch(in HopRecord hop, string mac, bool quiet = false)
    {
        if (hop.AtSwitch != DropReason.None)
        {
            return _way.Dropped(hop.AtSwitch, $"switch: {DropReasons.Of(hop.AtSwitch).Text}. {DropReasons.Of(hop.AtSwitch).Cause}");
        }
        if (!quiet)
        {
            string where = hop.Flooded >= 0 ? $"unknown, flooded to {Ports(hop.Flooded)}" : hop.ToGateway != 0 ? "port gateway" : $"port {NameOf(hop.ToPort)}";
            _way.Ok($"switch: {mac} → {where}");
        }
        return null;
    }

    private WhyDocument? OfPort(in HopRecord hop, PlanePort guest)
    {
        if (hop.Flooded < 0 && hop.ToPort != facts.IdOf(guest))
        {
            return _way.Dropped(DropReason.MacMoved, $"the switch has the address of {guest.Name} at another port: {NameOf(hop.ToPort)} sends with it");
        }
        return hop.AtPort switch
        {
            DropReason.None => null,
            DropReason.Unplugged => _way.Dropped(hop.AtPort, $"the cable of {guest.Name} is out", $"weft nic plug {guest.Name}"),
            DropReason.NoCarrier => _way.Dropped(hop.AtPort, $"no guest is connected to {guest.Name} ({guest.Attachment.Word()})",
                WhyTries.Attach(guest)),
            _ => _way.Dropped(hop.AtPort, $"port {guest.Name}: {DropReasons.Of(hop.AtPort).Text}. {DropReasons.Of(hop.AtPort).Cause}"),
        };
    }

    private QuestionRecord Question(IPAddress? source, IPAddress? destination, IPAddress? nextHop, MacAddress nextHopMac) => new()
    {
        PortId = facts.IdOf(_port),
        Source = Records.Address(source ?? IPAddress.Any),
        Destination = Records.Address(destination ?? IPAddress.Any),
        NextHop = Records.Address(nextHop),
        NextHopMac = nextHopMac,
        Protocol = protocol.Number,
        Port = protocol.Port,
    };

    private string NameOf(ulong port) => facts.Running.Ports.FirstOrDefault(p => p.Value == port).Key ?? "gateway";

    private static string Ports(int count) => count == 1 ? "1 port" : $"{count} ports";
}
