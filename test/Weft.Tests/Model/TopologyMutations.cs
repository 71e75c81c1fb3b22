using System.Net;
using Weft.Model;
using Weft.Model.Files;
using Weft.Model.Validation;

namespace Weft.Tests.Model;

/// <summary>Valid topologies one change away from another, drawn from a seed: what somebody does to a network that runs.</summary>
internal sealed class TopologyMutations(int seed)
{
    private readonly Random _random = new(seed);

    public Topology Next(Topology topology)
    {
        for (int attempt = 0; attempt < 100; attempt++)
        {
            Topology next = Mutate(topology);
            bool valid = true;
            TopologyCheck.Run(next, (_, _, _, _) => valid = false);
            if (valid && next != topology)
            {
                return next;
            }
        }
        return topology;
    }

    private Topology Mutate(Topology topology) => _random.Next(10) switch
    {
        0 => topology with { Networks = Sorted(topology.Networks.Append(Network.Of($"new{_random.Next(100)}", (NetworkMode)_random.Next(3)))) },
        1 => topology with { Networks = topology.Networks.Where((_, i) => i != _random.Next(4)).ToItems() },
        2 or 3 => topology with { Networks = topology.Networks.Select(n => Chance(50) ? Mutate(n) : n).ToItems() },
        4 => topology with { Vms = Filled(topology.Vms.Append(new Vm($"new{_random.Next(100)}", [Card(topology, 1), Card(topology, 2)]))) },
        5 => topology with { Vms = topology.Vms.Where((_, i) => i != _random.Next(4)).ToItems() },
        6 or 7 => topology with { Vms = Filled(topology.Vms.Select(vm => Chance(50) ? Mutate(topology, vm) : vm)) },
        8 => topology with { Forwards = topology.Forwards.Where(_ => Chance(50)).ToItems() },
        _ => topology.Vms.Count == 0 ? topology : WithForward(topology),
    };

    private Topology WithForward(Topology topology)
    {
        Forward forward = new(IPAddress.Loopback, (ushort)(9000 + _random.Next(50)), topology.Vms[_random.Next(topology.Vms.Count)].Name, 80,
            Chance(50) ? ForwardProtocol.Tcp : ForwardProtocol.Udp);
        return topology.Forwards.Any(forward.ClashesWith) ? topology : topology.With(forward);
    }

    private Network Mutate(Network network) => _random.Next(10) switch
    {
        8 => network with { Names = network.Names.Where(_ => Chance(50)).ToItems() },
        9 => network with { Names = network.Names.Where(n => n.Name != "web").Append(new StaticName("web", [IPAddress.Parse($"10.9.9.{1 + _random.Next(9)}")])).ToItems() },
        0 => network with { Mtu = 1280 + _random.Next(1000) },
        1 => network with { Dns = !network.Dns, Names = [] },
        2 => network with { Polling = (Polling)_random.Next(3) },
        3 => network with { LeaseSeconds = 60 + _random.Next(3), Dhcp = true },
        4 => network with { Subnet = network.Subnet is null ? new IPNetwork(IPAddress.Parse($"10.{100 + _random.Next(50)}.0.0"), 24) : null },
        5 when network.Subnet is { } subnet => network with { Dhcp = true, Pool = new AddressRange(V4.At(subnet, 20), V4.At(subnet, (uint)(21 + _random.Next(9)))) },
        6 => network with { Source = network.Source is null ? IPAddress.Parse("192.0.2.1") : null },
        _ => Network.Of(network.Name, (NetworkMode)_random.Next(3)),
    };

    private Vm Mutate(Topology topology, Vm vm) => _random.Next(4) switch
    {
        0 when vm.Nics.Count < Vm.MaxNics => vm with { Nics = vm.Nics.Append(Card(topology, vm.Nics.Count + 1)).ToItems() },
        1 => vm with { Nics = vm.Nics.SkipLast(1).ToItems() },
        _ => vm with { Nics = vm.Nics.Select(n => Chance(50) ? Mutate(topology, vm, n) : n).ToItems() },
    };

    private Nic Mutate(Topology topology, Vm vm, Nic nic) => _random.Next(5) switch
    {
        0 => nic with { Plugged = !nic.Plugged },
        1 => nic with { Mac = $"52:54:00:{_random.Next(256):x2}:00:01" },
        2 => nic with { Network = Card(topology, 1).Network },
        3 => Bare(nic) with { Attachment = AttachmentKind.Tap, VhostUser = null, Tap = new TapPlace(Chance(50) ? $"{vm.Name}-{nic.Number}" : "té", Chance(50) ? null : "/run/netns/a \"b\" 🐢\u0085") },
        _ => Bare(nic),
    };

    private Nic Card(Topology topology, int number) => new()
    {
        Number = number, Mac = "", Network = topology.Networks.Count == 0 || Chance(20) ? null : topology.Networks[_random.Next(topology.Networks.Count)].Name,
    };

    private static Items<Vm> Filled(IEnumerable<Vm> vms) => GeneratedMacs.Fill([.. vms.OrderBy(v => v.Name, StringComparer.Ordinal)]);

    private static Items<Network> Sorted(IEnumerable<Network> networks) => networks.DistinctBy(n => n.Name).OrderBy(n => n.Name, StringComparer.Ordinal).ToItems();

    private bool Chance(int percent) => _random.Next(100) < percent;

    /// <summary>With the attachment that needs nothing said.</summary>
    private static Nic Bare(Nic nic) => nic with
    {
        Model = NicModel.Virtio,
        Attachment = NicModel.Virtio.UsualAttachment,
        Tap = null,
        VhostUser = VhostUserPlace.Usual,
        Stream = null,
        Dgram = null,
    };
}
