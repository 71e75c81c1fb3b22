using System.Net;
using Weft.Model.Errors;
using Weft.Model.Validation;

namespace Weft.Model.Planning;

/// <summary>
/// Theory. From what an owner declares to what the worker builds:
///   nat-network, internal  one network of the same name
///   nat                    one network for each NIC on it, "NETWORK/VM:NIC", in the subnet of the NIC's slot
///   a NIC                  one port; a forward: one forward into the network of the VM's first translated NIC
///   a static name          one name of the declared network, which each of its routers answers
///   not started            the same with every cable out and no forward: guests lose carrier and keep their hypervisor's end
/// Addresses by offset in the subnet: nat has gateway 2, DNS 3, guests from 15; the others gateway and DNS 1, guests from
/// 15 (from the first free one where the subnet is too small for that) to the last usable one.
/// </summary>
public static class Derivation
{
    private const uint FirstGuest = 15;

    /// <summary>Name of the network that the nat NIC <paramref name="nic"/> ("alpha:1") has to itself.</summary>
    public static string RouterName(string network, string nic) => $"{network}/{nic}";

    /// <exception cref="WeftException">A declared subnet collides with a host route, or none is left to pick.</exception>
    public static Derived Derive(Topology topology, HostView host)
    {
        Subnets subnets = new(topology, host);
        List<PlaneNetwork> networks = [];
        ILookup<string?, (Vm Vm, Nic Nic)> nics = topology.Vms.SelectMany(vm => vm.Nics.Select(nic => (Vm: vm, Nic: nic))).ToLookup(n => n.Nic.Network);
        foreach (Network network in topology.Networks)
        {
            if (network.Mode == NetworkMode.Nat)
            {
                subnets.CheckDeclared(network);
                networks.AddRange(nics[network.Name].Select(n =>
                    Build(network, RouterName(network.Name, Names.Nic(n.Vm.Name, n.Nic.Number)), subnets.ForSlot(network, n.Vm, n.Nic))));
            }
            else
            {
                bool addressed = network.Mode == NetworkMode.NatNetwork || network.Dhcp;
                networks.Add(Build(network, network.Name, addressed ? subnets.ForShared(network) : null));
            }
        }
        Dictionary<string, PlaneNetwork> built = networks.ToDictionary(n => n.Name);
        IEnumerable<PlanePort> ports = topology.Vms.SelectMany(vm => vm.Nics
            .Select(nic => BuildPort(topology, vm, nic, built, host.PortsFolder)));
        IEnumerable<PlaneForward> forwards = topology.Forwards.Where(f => HolderOf(topology, f).Started)
            .Select(f => BuildForward(topology, f));
        IEnumerable<string> stopped = topology.Networks.Where(n => !n.Started).Select(n =>
            $"network '{n.Name}' is stopped: its guests have no carrier, and forwards into it are closed until 'weft net start {n.Name}'");
        IEnumerable<PlaneName> names = topology.Networks.Where(n => n.Dns)
            .SelectMany(n => n.Names.Select(name => new PlaneName(n.Name, name.Name, name.Addresses)));
        return new Derived(DataPlane.Of(networks, ports, forwards).With(names), subnets.Picked, subnets.Notes.Concat(stopped).ToItems());
    }

    private static PlaneNetwork Build(Network network, string name, IPNetwork? subnet)
    {
        PlaneNetwork plane = new() { Name = name, Mode = network.Mode, Mtu = network.Mtu, Polling = network.Polling };
        if (subnet is not { } within)
        {
            return plane;
        }
        bool slot = network.Mode == NetworkMode.Nat;
        IPAddress gateway = V4.At(within, slot ? 2u : 1u);
        return plane with
        {
            Subnet = within,
            Gateway = gateway,
            GatewayMac = MacText.ForGateway(gateway),
            Dns = !network.Dns ? null : slot ? V4.At(within, 3) : gateway,
            Pool = network.Dhcp ? network.Pool ?? DefaultPool(network, within) : null,
            HostLoopback = network.HostLoopback,
            LeaseSeconds = network.LeaseSeconds,
            Source = network.Source,
        };
    }

    private static AddressRange DefaultPool(Network network, IPNetwork subnet)
    {
        uint first = FirstGuest + 1 < V4.Size(subnet) - 2 ? FirstGuest : NetworkCheck.ReservedOffset(network) + 1;
        return new AddressRange(V4.At(subnet, first), V4.LastUsable(subnet));
    }

    private static PlanePort BuildPort(Topology topology, Vm vm, Nic nic, Dictionary<string, PlaneNetwork> networks, string portsFolder)
    {
        string name = Names.Nic(vm.Name, nic.Number);
        Network? declared = topology.FindNetwork(nic.Network);
        string? network = declared?.Mode == NetworkMode.Nat ? RouterName(declared.Name, name) : declared?.Name;
        return new PlanePort
        {
            Name = name,
            Guest = vm.Name,
            Network = network,
            Mac = nic.Mac,
            Attachment = nic.Attachment,
            Model = nic.Model,
            Path = nic.Tap?.Name ?? nic.NamedSockets.FirstOrDefault() ?? Path.Combine(portsFolder, Names.Socket(vm.Name, nic)),
            Remote = nic.Attachment == AttachmentKind.Dgram ? nic.Dgram?.Remote ?? Path.Combine(portsFolder, Names.GuestSocket(vm.Name, nic)) : null,
            Namespace = nic.Tap?.Namespace,
            Dials = nic.VhostUser?.Role == VhostUserRole.Client || nic.Stream?.Dials == true,
            Queues = nic.VhostUser?.Queues ?? 1,
            Reserved = nic.Address is { } address ? InSubnet(address, network is null ? null : networks.GetValueOrDefault(network)?.Subnet) : null,
            Plugged = nic.Plugged && declared?.Started != false,
        };
    }

    /// <summary>The reserved address at its place in the subnet, which may have moved away from the slot's classic one.</summary>
    private static IPAddress InSubnet(IPAddress address, IPNetwork? subnet) => subnet is not { } within || within.Contains(address)
        ? address
        : V4.At(within, V4.Of(address) & ~V4.Mask(within.PrefixLength));

    /// <summary>The declared network that a forward leads into.</summary>
    private static Network HolderOf(Topology topology, Forward forward) => forward.GuestAddress is { } address
        ? topology.Networks.First(n => n.Mode == NetworkMode.NatNetwork && n.Subnet is { } s && s.Contains(address))
        : topology.FindNetwork(TopologyCheck.ForwardNetwork(topology, topology.FindVm(forward.Guest)!)!.Network)!;

    private static PlaneForward BuildForward(Topology topology, Forward forward)
    {
        Network holder = HolderOf(topology, forward);
        if (forward.GuestAddress is { } address)
        {
            return new PlaneForward(forward.Protocol, forward.Listen, forward.HostPort, holder.Name, address, "", forward.GuestPort);
        }
        Vm vm = topology.FindVm(forward.Guest)!;
        Nic nic = TopologyCheck.ForwardNetwork(topology, vm)!;
        string network = holder.Mode == NetworkMode.Nat ? RouterName(holder.Name, Names.Nic(vm.Name, nic.Number)) : holder.Name;
        return new PlaneForward(forward.Protocol, forward.Listen, forward.HostPort, network, null, vm.Name, forward.GuestPort);
    }
}
