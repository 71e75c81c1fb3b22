using System.Text.Json;
using Weft.Daemon.Control;
using Weft.Daemon.Names;
using Weft.Daemon.Workers;
using Weft.Engine.State;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Editing;
using Weft.Model.Errors;
using Weft.Model.Files;
using Weft.Model.Planning;
using Weft.Model.Validation;
using NetworkMode = Weft.Model.NetworkMode;

namespace Weft.Daemon.Status;

/// <summary>Networks, VMs and NICs as they are wanted, with how they stand out of the records. No rates: nothing is waited for.</summary>
/// <param name="state">Null while no worker answers.</param>
internal sealed class ObjectsReader(View view, SharedState? state)
{
    private const string Unknown = "unknown";

    private readonly NetworkStatusReader? _status = state is null ? null : NetworkStatusReader.WithoutRates(state, view);
    private readonly Dictionary<string, PortDocument> _ports = [];

    private Dictionary<string, PlanePort> PlanePorts => field ??= view.Plane.Ports.ToDictionary(p => p.Name);

    /// <summary>By the declared network; of "nat/alpha:1" it is "nat".</summary>
    private ILookup<string, PlaneNetwork> PlaneNetworks => field ??= view.Plane.Networks.ToLookup(n => n.Name.Split('/')[0]);

    private ILookup<string?, string> NicNames => field ??= view.Topology.Vms
        .SelectMany(vm => vm.Nics.Select(n => (n.Network, Name: Model.Names.Nic(vm.Name, n.Number)))).ToLookup(n => n.Network, n => n.Name);

    private ILookup<string?, Forward> ForwardsInto => field ??= view.Topology.Forwards
        .SelectMany(f => NetworksOf(f).Select(network => (Network: network, Forward: f))).ToLookup(f => f.Network, f => f.Forward);

    private Dictionary<string, Vm> VmsByName => field ??= view.Topology.Vms.ToDictionary(v => v.Name);

    public static T Read<T>(View view, Func<ObjectsReader, T> read)
    {
        try
        {
            return view.Link is { IsAlive: true } link
                ? link.Read(state => read(new ObjectsReader(view, state)))
                : read(new ObjectsReader(view, null));
        }
        catch (WorkerGoneException)
        {
            return read(new ObjectsReader(view, null));
        }
    }

    public ObjectList<NetworkObject> Networks()
    {
        FillPorts();
        return new ObjectList<NetworkObject>("NetworkList", [.. view.Topology.Networks.Select(Of)]);
    }

    public NetworkObject Network(string name) => Of(NetworkEdits.Find(view.Topology, name));

    public ObjectList<VmObject> Vms()
    {
        FillPorts();
        return new ObjectList<VmObject>("VmList", [.. view.Topology.Vms.Select(Of)]);
    }

    public VmObject Vm(string name)
    {
        FillPorts();
        return Of(VmEdits.Find(view.Topology, name));
    }

    /// <param name="vm">Null: of all.</param>
    public ObjectList<NicObject> Nics(string? vm)
    {
        FillPorts();
        IEnumerable<Vm> vms = vm is null ? view.Topology.Vms : [VmEdits.Find(view.Topology, vm)];
        return new ObjectList<NicObject>("NicList", [.. vms.SelectMany(v => v.Nics.Select(nic => Of(v, nic)))]);
    }

    public NicObject Nic(string vm, int number)
    {
        Nic nic = NicEdits.Find(view.Topology, vm, number);
        FillPorts();
        return Of(view.Topology.FindVm(vm)!, nic);
    }

    /// <param name="network">Null: of all.</param>
    public ObjectList<LeaseDocument> Leases(string? network)
    {
        if (network is not null)
        {
            NetworkEdits.Find(view.Topology, network);
        }
        return new ObjectList<LeaseDocument>("LeaseList", state is null ? [] : [.. LeaseReader.Read(state, view.Plane, network)]);
    }

    /// <param name="network">Null: of all.</param>
    public ObjectList<DnsNameDocument> DnsNames(string? network)
    {
        if (network is not null)
        {
            NetworkEdits.Find(view.Topology, network);
        }
        HashSet<string> answering = [.. view.Topology.Networks.Where(n => n.Dns).Select(n => n.Name)];
        return new ObjectList<DnsNameDocument>("DnsNameList", [.. KnownNames.Read(view, state, network).Where(n => answering.Contains(n.Network))
            .Select(n => new DnsNameDocument(n.Name, n.Network, [.. n.Addresses.Select(a => a.ToString())], n.Source))]);
    }

    public NameDocument Names() => new([.. view.Topology.Networks.Select(n => n.Name)], [.. view.Topology.Vms.Select(v => v.Name)],
        [.. view.Topology.Vms.SelectMany(v => v.Nics.Select(n => Model.Names.Nic(v.Name, n.Number)))],
        [.. view.Topology.Forwards.Select(f => f.Key)])
    {
        Static = [.. view.Topology.Networks.SelectMany(n => n.Names.Select(name => name.Name)).Distinct()],
        Hosts = [.. KnownNames.Read(view, state, null).Select(n => n.Name).Distinct().Order(StringComparer.Ordinal)],
    };

    private void FillPorts()
    {
        foreach (PortDocument port in _status?.AllPorts() ?? [])
        {
            _ports[port.Name] = port;
        }
    }

    private NetworkObject Of(Network network)
    {
        bool shared = network.Mode != NetworkMode.Nat;
        PlaneNetwork? plane = shared ? PlaneNetworks[network.Name].FirstOrDefault() : null;
        string[] nics = [.. NicNames[network.Name]];
        int? leases = network.Dhcp && _status is not null ? PlaneNetworks[network.Name].Sum(n => _status.CountLeases(n.Name)) : null;
        NetworkState now = new(state is null ? Unknown : network.Started ? "started" : "stopped",
            shared ? plane?.Subnet?.ToString() : network.Subnet?.ToString(),
            shared && plane?.IsTranslated == true ? plane.Gateway?.ToString() : null, leases, nics,
            [.. ForwardsInto[network.Name].Select(f => f.ToString())]);
        return new NetworkObject(network.Name, Json(TopologyWriter.Network(network)), now);
    }

    private VmObject Of(Vm vm) => new(vm.Name, Json(TopologyWriter.Vm(vm)), [.. vm.Nics.Select(nic => StateOf(vm, nic))]);

    private NicObject Of(Vm vm, Nic nic) => new(Model.Names.Nic(vm.Name, nic.Number), Json(TopologyWriter.Nic(nic)), StateOf(vm, nic));

    private NicState StateOf(Vm vm, Nic nic)
    {
        string name = Model.Names.Nic(vm.Name, nic.Number);
        PortDocument? port = _ports.GetValueOrDefault(name);
        PlanePort? plane = PlanePorts.GetValueOrDefault(name);
        string cable = port is null ? Unknown : !port.Plugged ? "unplugged" : port.Up ? "up" : "down";
        return new NicState(name, nic.Network, port?.Address ?? nic.Address?.ToString(), nic.Mac, nic.Attachment.Word(), plane?.Path ?? "",
            cable, port?.Drops ?? 0);
    }

    private IEnumerable<string?> NetworksOf(Forward forward) => forward.GuestAddress is { } address
        ? view.Topology.Networks.Where(n => n.Subnet is { } subnet && subnet.Contains(address)).Select(string? (n) => n.Name)
        : VmsByName.TryGetValue(forward.Guest, out Vm? vm) && TopologyCheck.ForwardNetwork(view.Topology, vm) is { } nic ? [nic.Network] : [];

    private static JsonElement Json(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
