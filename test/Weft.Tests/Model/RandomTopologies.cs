using System.Net;
using Weft.Model;
using Weft.Model.Files;

namespace Weft.Tests.Model;

/// <summary>Valid topologies drawn from a seed: few names, so that two of them share much and differ in some.</summary>
internal sealed class RandomTopologies(int seed)
{
    private readonly Random _random = new(seed);

    public Topology Next()
    {
        Network[] networks = [.. Enumerable.Range(0, 4).Where(_ => Chance(70)).Select(NextNetwork)];
        Vm[] vms = [.. Enumerable.Range(0, 4).Where(_ => Chance(70)).Select(i => NextVm($"vm{i}", networks))];
        Topology topology = new() { Networks = networks.ToItems(), Vms = GeneratedMacs.Fill(vms) };
        foreach (Vm vm in topology.Vms.Where(_ => Chance(60)))
        {
            Forward forward = new(Chance(50) ? IPAddress.Loopback : IPAddress.Any, (ushort)(8000 + _random.Next(4)), vm.Name, 80,
                ForwardProtocol.Tcp);
            if (Weft.Model.Validation.TopologyCheck.FaultOf(topology, forward) is null && !topology.Forwards
                .Any(f => f.ClashesWith(forward)))
            {
                topology = topology.With(forward);
            }
        }
        return topology;
    }

    private Network NextNetwork(int i) => Network.Of($"net{i}", (NetworkMode)_random.Next(3)) is var network
        && network.Mode == NetworkMode.NatNetwork
        ? Named(network with { Dns = Chance(80) }) with
        {
            Subnet = Chance(50) ? new IPNetwork(IPAddress.Parse($"10.{50 + i}.{_random.Next(2)}.0"), 24) : null,
            HostLoopback = Chance(50),
            Mtu = Chance(80) ? 1500 : 9000,
            Started = Chance(90),
            Polling = Chance(80) ? Polling.Balanced : Polling.Latency,
        }
        : Named(network) with { Dhcp = network.Dhcp || Chance(30) };

    /// <summary>Few static names, of which some have several addresses.</summary>
    private Network Named(Network network) => !network.Dns ? network : network with
    {
        Names = ((string[])["api.example.test", "db", "no", "printer"]).Where(_ => Chance(25))
            .Select(name => new StaticName(name, Enumerable.Range(1, _random.Next(1, 4)).Select(i => IPAddress.Parse($"10.9.{_random.Next(2)}.{i}")).ToItems())).ToItems(),
    };

    private Vm NextVm(string name, Network[] networks) => new(name, Enumerable.Range(1, _random.Next(1, 4)).Select(number => new Nic
    {
        Number = number,
        Mac = "",
        Network = networks.Length == 0 || Chance(15) ? null : networks[_random.Next(networks.Length)].Name,
        Plugged = Chance(85),
        Attachment = Chance(40) ? AttachmentKind.Seqpacket : (AttachmentKind)_random.Next((int)AttachmentKind.Dgram + 1),
    }).Select(n => n.Attachment switch
    {
        AttachmentKind.Tap => n with { Tap = new TapPlace($"{name}-{n.Number}", Chance(50) ? null : "space") },
        AttachmentKind.VhostUser => n with { VhostUser = NextPlace($"/run/{name}-{n.Number}") },
        AttachmentKind.Stream => n with { Stream = NextStream($"/run/{name}-{n.Number}") },
        AttachmentKind.Dgram => n with { Dgram = NextDgram($"/run/{name}-{n.Number}") },
        _ => n,
    }).ToItems());

    private VhostUserPlace NextPlace(string socket) => Chance(50)
        ? new VhostUserPlace(Chance(50) ? null : socket, VhostUserRole.Server, Chance(50) ? 1 : 4)
        : new VhostUserPlace(socket, VhostUserRole.Client);

    private StreamPlace NextStream(string socket) => Chance(30) ? new StreamPlace(null) : new StreamPlace(socket, Dials: Chance(50));

    private DgramPlace NextDgram(string socket) =>
        Chance(50) ? new DgramPlace(null, null) : new DgramPlace(socket, Chance(50) ? $"{socket}.guest" : $"{socket}.other");

    private bool Chance(int percent) => _random.Next(100) < percent;
}
