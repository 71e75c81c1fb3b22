using System.Net;
using Weft.Model.Errors;

namespace Weft.Model.Planning;

/// <summary>The subnets of one derivation: declared, kept from earlier, or picked now, with what there is to say about each.</summary>
internal sealed class Subnets(Topology topology, HostView host)
{
    private readonly Dictionary<string, IPNetwork> _picked = new(StringComparer.Ordinal);
    private readonly List<IPNetwork> _taken =
    [
        .. topology.Networks.Where(n => n.Subnet is not null).Select(n => n.Subnet!.Value),
        .. topology.Networks.Where(n => n.Mode != NetworkMode.Nat && host.Picked.ContainsKey(n.Name)).Select(n => host.Picked[n.Name]),
    ];

    public IReadOnlyDictionary<string, IPNetwork> Picked => _picked;

    public List<string> Notes { get; } = [];

    public IPNetwork ForShared(Network network)
    {
        if (network.Subnet is { } declared)
        {
            CheckDeclared(network);
            return declared;
        }
        if (!host.Picked.TryGetValue(network.Name, out IPNetwork subnet))
        {
            subnet = SubnetPicker.Pick(host.Routes, _taken) ?? throw NoneLeft(network);
            _taken.Add(subnet);
        }
        NoteLateCollision(network.Name, subnet);
        _picked[network.Name] = subnet;
        return subnet;
    }

    public IPNetwork ForSlot(Network network, Vm vm, Nic nic)
    {
        if (network.Subnet is { } declared)
        {
            return declared;
        }
        string name = Names.Nic(vm.Name, nic.Number);
        string router = Derivation.RouterName(network.Name, name);
        IPNetwork slot = SubnetPicker.Slot(nic.Number);
        if (!host.Picked.TryGetValue(router, out IPNetwork subnet))
        {
            subnet = SubnetPicker.Collision(slot, host.Routes) is null ? slot : SubnetPicker.PickSlot(host.Routes, TakenBy(vm)) ?? slot;
        }
        if (subnet != slot)
        {
            Notes.Add($"NIC {name} has {subnet} instead of {slot}, into which the host has a route");
        }
        NoteLateCollision(router, subnet);
        _picked[router] = subnet;
        return subnet;
    }

    /// <summary>Refuses a declared subnet that the host has a route into, unless its owner insists.</summary>
    public void CheckDeclared(Network network)
    {
        if (network.Subnet is not { } subnet || SubnetPicker.Collision(subnet, host.Routes) is not { } route)
        {
            return;
        }
        if (!network.Force)
        {
            throw new WeftException(new WeftError(ErrorCode.SubnetCollides,
                $"subnet {subnet} of network '{network.Name}' collides with the host's route {route}",
                "guests could not reach what lies behind that route; take 'subnet' away to have a free one picked, or add 'force: true'",
                "ip route && weft up"));
        }
        Notes.Add($"network '{network.Name}' has {subnet} by force: its guests cannot reach {route} of the host");
    }

    private void NoteLateCollision(string network, IPNetwork subnet)
    {
        if (SubnetPicker.Collision(subnet, host.Routes) is { } route)
        {
            Notes.Add($"network '{network}' has {subnet}, and the host has the route {route}: guests cannot reach what lies behind it");
        }
    }

    private IPNetwork[] TakenBy(Vm vm) => [.. _taken, .. _picked.Where(p => p.Key.Contains($"/{vm.Name}:")).Select(p => p.Value)];

    private static WeftException NoneLeft(Network network) => new(new WeftError(ErrorCode.NoFreeSubnet,
        $"no free subnet is left for network '{network.Name}'",
        "the host has routes into every range that Weft picks from; give the network a 'subnet:' and 'force: true'",
        "ip route && weft up"));
}
