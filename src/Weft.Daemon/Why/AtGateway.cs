using System.Net;
using Weft.Daemon.Workers;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Model.Api;
using Weft.Model.Planning;
using Weft.Wire;

namespace Weft.Daemon.Why;

/// <summary>What the gateway said about a frame, and what the host behind it would do.</summary>
internal sealed class AtGateway(WhyWay way, PlaneNetwork network, WhyProtocol protocol)
{
    public WhyDocument Explain(in HopRecord hop, WhyEnd target, IPAddress address)
    {
        if (hop.AtGateway != DropReason.None)
        {
            return Dropped(hop.AtGateway, address);
        }
        switch (hop.Fate)
        {
            case FrameFate.PingAnswered:
                way.Ok($"gateway: answers pings of {address} itself");
                return way.Reaches("the gateway");
            case FrameFate.Dhcp:
                way.Ok("gateway: its DHCP server takes it");
                return way.Reaches("the gateway's DHCP");
            case FrameFate.DnsAnswered:
                way.Ok("gateway: its DNS answers from the network's own names");
                return way.Reaches("the gateway's DNS");
            case FrameFate.DnsForwarded:
                IPAddress? resolver = Records.Address(hop.HostAddress);
                way.Ok($"gateway: its DNS forwards to {resolver}");
                return Route(resolver ?? address, "the gateway's DNS");
            case FrameFate.NewFlow or FrameFate.KnownFlow:
                IPAddress host = Records.Address(hop.HostAddress) ?? address;
                ushort port = hop.HostPort == 0 ? protocol.Port : hop.HostPort;
                string end = protocol.Port == 0 ? $"{host}" : $"{host}:{port}";
                way.Ok($"gateway: translated to a socket of the host → {end}{(hop.Fate == FrameFate.KnownFlow ? ", by a flow that is there" : "")}");
                return Behind(host, port, end, target);
            default:
                return way.Dropped(DropReason.NotForUs, "gateway: it does nothing with such a frame");
        }
    }

    private WhyDocument Dropped(DropReason reason, IPAddress address)
    {
        DropReasonText words = DropReasons.Of(reason);
        return reason switch
        {
            DropReason.PolicyLoopback when address.Equals(network.Gateway) => way.Dropped(reason, $"gateway: host-loopback is denied on '{network.Name}'",
                WhyTries.AllowLoopback(network)),
            DropReason.DnsNoUpstream => way.Dropped(reason, "gateway: the host names no resolver that could be asked", "weft doctor"),
            DropReason.ProtocolUnsupported when protocol.Number == IpProtocol.Icmp => way.Dropped(reason,
                "gateway: the host does not let this user send pings", "weft doctor"),
            DropReason.DescriptorLimit => way.Dropped(reason, $"gateway: {words.Text}. {words.Cause}", "weft doctor"),
            _ => way.Dropped(reason, $"gateway: {words.Text}. {words.Cause}"),
        };
    }

    private WhyDocument Behind(IPAddress host, ushort port, string end, WhyEnd target)
    {
        if (IPAddress.IsLoopback(host))
        {
            if (!HostWays.Listens(protocol.ForForward, host, port))
            {
                return way.Dropped(DropReason.HostRefused, $"host: nobody listens on {end} ({protocol})", "ss -lntu && weft status");
            }
            way.Ok($"host: somebody listens on {end}");
            return way.Reaches($"{end} of the host");
        }
        if (protocol.Number == IpProtocol.Icmp && !HostWays.MayPing())
        {
            return way.Dropped(DropReason.ProtocolUnsupported, "host: this user's groups are not in net.ipv4.ping_group_range, so it may not ping",
                "sudo sysctl -w net.ipv4.ping_group_range=\"0 2147483647\" && weft doctor");
        }
        return Route(host, target.IsOutside ? "the outside" : end);
    }

    private WhyDocument Route(IPAddress to, string what)
    {
        if (HostWays.RouteTo(to, network.Source, out string problem) is not { } own)
        {
            return way.Dropped(DropReason.HostUnreachable, $"host: no way to {to}: {problem}", $"ip route get {to} && weft doctor");
        }
        way.Ok($"host: sends by {own}");
        way.Note("not asked, since nothing is sent: whether the other end answers");
        return way.Reaches(what);
    }
}
