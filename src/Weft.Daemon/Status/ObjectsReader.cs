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
        PlaneNetwork? plane = view.Plane.Networks.FirstOrDefault(n => n.Name == network.Name);
        bool shared = network.Mode != NetworkMode.Nat;
        string[] nics = [.. view.Topology.Vms.SelectMany(vm => vm.Nics.Where(n => n.Network == network.Name)
            .Select(n => Model.Names.Nic(vm.Name, n.Number)))];
        int? leases = network.Dhcp && _status is not null
            ? view.Plane.Networks.Where(n => IsOf(n, network)).Sum(n => _status.CountLeases(n.Name))
            : null;
        NetworkState now = new(state is null ? Unknown : network.Started ? "started" : "stopped",
            shared ? plane?.Subnet?.ToString() : network.Subnet?.ToString(),
            shared && plane?.IsTranslated == true ? plane.Gateway?.ToString() : null, leases, nics,
            [.. view.Topology.Forwards.Where(f => LeadsInto(f, network)).Select(f => f.ToString())]);
        return new NetworkObject(network.Name, Json(TopologyWriter.Network(network)), now);
    }

    private VmObject Of(Vm vm) => new(vm.Name, Json(TopologyWriter.Vm(vm)), [.. vm.Nics.Select(nic => StateOf(vm, nic))]);

    private NicObject Of(Vm vm, Nic nic) => new(Model.Names.Nic(vm.Name, nic.Number), Json(TopologyWriter.Nic(nic)), StateOf(vm, nic));

    private NicState StateOf(Vm vm, Nic nic)
    {
        string name = Model.Names.Nic(vm.Name, nic.Number);
        PortDocument? port = _ports.GetValueOrDefault(name);
        PlanePort? plane = view.Plane.Ports.FirstOrDefault(p => p.Name == name);
        string cable = port is null ? Unknown : !port.Plugged ? "unplugged" : port.Up ? "up" : "down";
        return new NicState(name, nic.Network, port?.Address ?? nic.Address?.ToString(), nic.Mac, nic.Attachment.Word(), plane?.Path ?? "",
            cable, port?.Drops ?? 0);
    }

    private static bool IsOf(PlaneNetwork plane, Network network) => network.Mode == NetworkMode.Nat
        ? plane.Name.StartsWith($"{network.Name}/", StringComparison.Ordinal)
        : plane.Name == network.Name;

    private bool LeadsInto(Forward forward, Network network) => forward.GuestAddress is { } address
        ? network.Subnet is { } subnet && subnet.Contains(address)
        : view.Topology.FindVm(forward.Guest) is { } vm && TopologyCheck.ForwardNetwork(view.Topology, vm)?.Network == network.Name;

    private static JsonElement Json(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
