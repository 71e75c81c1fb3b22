using Weft.Daemon.Control;
using Weft.Daemon.Workers;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Planning;
using Weft.Wire;
using EngineAttachment = Weft.Engine.State.AttachmentKind;
using NetworkMode = Weft.Model.NetworkMode;

namespace Weft.Daemon.Status;

/// <summary>Reads networks and ports, as they run, out of the records.</summary>
internal sealed unsafe class NetworkStatusReader(SharedState state, View view, Rates rates, string[] resolvers)
{
    private readonly Running _running = Running.Read(state, view.Plane);
    private readonly RecordIndex _index = new(state);

    /// <summary>Networks that have a router for each NIC: "nat" of "nat/alpha:1".</summary>
    private HashSet<string> Routers => field ??= [.. _running.Plane.Networks.Select(n => n.Name.Split('/')).Where(n => n.Length > 1).Select(n => n[0])];

    private ILookup<string?, PlanePort> PortsByNetwork => field ??= _running.Plane.Ports.ToLookup(p => p.Network);

    private ILookup<string, PlaneForward> ForwardsByNetwork => field ??= _running.Plane.Forwards.ToLookup(f => f.Network);

    /// <summary>For those who ask for no rates: they are all 0.</summary>
    public static NetworkStatusReader WithoutRates(SharedState state, View view)
    {
        CounterSample now = CounterSample.Take(state, 0);
        return new NetworkStatusReader(state, view, new Rates(now, now, 1), []);
    }

    public IEnumerable<PortDocument> AllPorts() => ReadAll(_running.Plane.Ports);

    public NetworkDocument[] Read() =>
    [
        .. _running.Plane.Networks.Select(Read),
        .. view.Topology.Networks.Where(n => n.Mode == NetworkMode.Nat && !Routers.Contains(n.Name))
            .Select(n => new NetworkDocument { Name = n.Name, Mode = n.Mode.Word(), Mtu = n.Mtu }),
    ];

    /// <summary>The ports on the network with this name; null: those on none.</summary>
    public PortDocument[] ReadPorts(string? network) => [.. ReadAll(PortsByNetwork[network])];

    /// <summary>Leases of a network of the data plane; 0 when it does not run.</summary>
    public int CountLeases(string network) => _running.Networks.TryGetValue(network, out ulong id) ? _index.CountLeases(id) : 0;

    private IEnumerable<PortDocument> ReadAll(IEnumerable<PlanePort> ports) =>
        ports.Where(p => _index.OfPort(_running.Ports[p.Name]) >= 0).Select(p => Read(p, _index.OfPort(_running.Ports[p.Name])));

    public static IEnumerable<ProblemDocument> Problems(SharedState state)
    {
        RecordArray<PortCounters> counters = state.Array<PortCounters>(SharedArray.PortCounters);
        RecordArray<PortRecord> ports = state.Array<PortRecord>(SharedArray.Ports);
        RecordArray<VhostRecord> devices = state.Array<VhostRecord>(SharedArray.Vhost);
        List<ProblemDocument> problems = [];
        for (int i = 0; i < ports.Capacity; i++)
        {
            ulong moved = ports[i].Id == 0 || ports[i].CounterIndex >= (uint)counters.Capacity
                ? 0
                : counters[(int)ports[i].CounterIndex].Drops[(int)DropReason.MacMoved];
            if (moved > 0)
            {
                problems.Add(new ProblemDocument($"NIC {ports[i].Name} sent {moved} frames with the MAC of another port: they were dropped",
                    false, null));
            }
            bool isVhost = ports[i].Id != 0 && ports[i].Kind is EngineAttachment.VhostUser or EngineAttachment.VhostUserClient;
            if (isVhost && i < devices.Capacity && devices[i].Shrank != 0)
            {
                problems.Add(new ProblemDocument($"the memory of NIC {ports[i].Name} was cut off while it was in use: no hypervisor is let in there",
                    true, $"weft nic unplug {ports[i].Name} && weft nic plug {ports[i].Name}"));
            }
        }
        return problems;
    }

    private NetworkDocument Read(PlaneNetwork network)
    {
        PortDocument[] ports = ReadPorts(network.Name);
        return new NetworkDocument
        {
            Name = network.Name,
            Mode = network.Mode.Word(),
            Subnet = network.Subnet?.ToString(),
            Gateway = network.IsTranslated ? network.Gateway?.ToString() : null,
            Dhcp = network.Pool is { } pool
                ? new DhcpDocument(CountLeases(network.Name), V4.Of(pool.Last) - V4.Of(pool.First) + 1L, pool.First.ToString(),
                    pool.Last.ToString())
                : null,
            DnsUpstreams = network.Dns is null ? null : resolvers,
            HostLoopback = network.HostLoopback,
            Mtu = network.Mtu,
            Forwards = [.. ForwardsByNetwork[network.Name].Select(f => ForwardDocument.Of(f.ToForward()))],
            BitsUp = ports.Sum(p => p.BitsUp),
            BitsDown = ports.Sum(p => p.BitsDown),
            Ports = ports,
            DropsByReason = GatewayDrops(network.Name),
        };
    }

    private PortDocument Read(PlanePort port, int index)
    {
        ref PortRecord record = ref state.Array<PortRecord>(SharedArray.Ports)[index];
        RecordArray<PortCounters> all = state.Array<PortCounters>(SharedArray.PortCounters);
        PortCounters counters = record.CounterIndex < (uint)all.Capacity ? all[(int)record.CounterIndex] : default;
        (double up, double down, double frames) = rates.Of(record.Id);
        SortedDictionary<string, long> drops = DropsOf(ref counters);
        return new PortDocument
        {
            Name = port.Name,
            Vm = port.Guest,
            Mac = port.Mac,
            Attachment = port.Attachment.Word(),
            Model = port.Attachment is Model.AttachmentKind.Seqpacket or Model.AttachmentKind.Tap ? null : port.Model.Word,
            Path = port.Path,
            Remote = port.Remote,
            Address = _index.AddressOf(record)?.ToString() ?? port.Reserved?.ToString(),
            Plugged = port.Plugged,
            Up = counters.Carrier != 0,
            PacketsPerSecond = frames,
            BitsUp = up,
            BitsDown = down,
            FramesIn = (long)counters.FramesIn,
            BytesIn = (long)counters.BytesIn,
            FramesOut = (long)counters.FramesOut,
            BytesOut = (long)counters.BytesOut,
            Notifications = (long)counters.Notifications,
            BuffersFree = (long)counters.BuffersFree,
            BuffersMost = (long)counters.BuffersMost,
            Drops = drops.Values.Sum(),
            DropsByReason = drops,
        };
    }

    /// <summary>Gateways count behind the ports, in the order of the network records.</summary>
    private SortedDictionary<string, long> GatewayDrops(string network)
    {
        RecordArray<PortCounters> counters = state.Array<PortCounters>(SharedArray.PortCounters);
        int at = _index.OfNetwork(_running.Networks[network]);
        int behind = state.Array<PortRecord>(SharedArray.Ports).Capacity;
        return at >= 0 && behind + at < counters.Capacity ? DropsOf(ref counters[behind + at]) : [];
    }

    private static SortedDictionary<string, long> DropsOf(ref PortCounters counters)
    {
        SortedDictionary<string, long> drops = new(StringComparer.Ordinal);
        for (int reason = 0; reason < (int)DropReason.Count; reason++)
        {
            if (counters.Drops[reason] != 0)
            {
                drops[DropReasons.Of((DropReason)reason).Name] = (long)counters.Drops[reason];
            }
        }
        return drops;
    }
}
