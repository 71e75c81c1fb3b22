using Weft.Model.Api;

namespace Weft.Cli.Drawing;

/// <summary>What a drawing shows: networks, guests, and the NICs as lines between them.</summary>
public sealed record Graph(GraphNetwork[] Networks, GraphGuest[] Guests)
{
    /// <summary>Guests in the order of their first network, so that few lines cross.</summary>
    public static Graph Of(StatusDocument status)
    {
        GraphNetwork[] networks = [.. status.Networks.Select((n, i) => Of(n, i))];
        List<GraphGuest> guests = [];
        foreach ((PortDocument port, int network) in status.Networks.SelectMany((n, i) => n.Ports.Select(p => (p, i)))
            .Concat(status.NotAttached.Select(p => (p, -1))))
        {
            GraphNic nic = new(port.Name, network, port.Address, !port.Plugged ? CableState.Unplugged : port.Up ? CableState.Up : CableState.Down);
            int at = guests.FindIndex(g => g.Name == port.Vm);
            if (at < 0)
            {
                guests.Add(new GraphGuest(port.Vm, [nic]));
            }
            else
            {
                guests[at] = guests[at] with { Nics = [.. guests[at].Nics, nic] };
            }
        }
        return new Graph(networks, [.. guests.Select(g => g with { Nics = [.. g.Nics.OrderBy(n => n.Name, StringComparer.Ordinal)] })]);
    }

    private static GraphNetwork Of(NetworkDocument network, int number)
    {
        string[] forwards = [.. network.Forwards.Select(f => $"{(f.Listen == "127.0.0.1" ? "" : $"{f.Listen}:")}{f.HostPort} → {f.Guest}:{f.GuestPort}/{f.Protocol}")];
        return new GraphNetwork(number, network.Name, network.Mode, network.Subnet, network.Gateway, forwards);
    }
}
