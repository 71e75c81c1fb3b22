using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway;
using Weft.Gateway.Nat;
using Weft.Switching;
using Weft.Tests.Engine;
using Weft.Tests.Simulation;
using Weft.Wire;
using Weft.Worker;

namespace Weft.Tests.Why;

/// <summary>One network with its switch, perhaps a gateway, guests, and a host in virtual time; drawn from a seed.</summary>
internal sealed unsafe class WhyWorld : IDisposable
{
    public const ushort ControlPort = 9443;
    private const int Flows = 160;

    private readonly byte* _memory;
    private readonly string _folder = Directory.CreateTempSubdirectory("weft-why-").FullName;
    private readonly GatewayCommons _commons;
    private readonly List<CounterMemory> _counters = [];
    private readonly GatewayLane _gateways;

    public WhyWorld(Random random)
    {
        Host = World.Start();
        Keeper = new FullKeeper(Host.Keeper);
        Lane = new Lane(Host.Readiness, World.Time);
        (SharedArray, int, int)[] arrays =
        [
            (SharedArray.Worker, sizeof(WorkerStatus), 1),
            .. GatewayLane.Arrays(1).Select(array => (array.Which, array.RecordSize, Flows)),
        ];
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)SharedState.SizeOf(arrays), 4096);
        NativeMemory.Clear(_memory, (nuint)SharedState.SizeOf(arrays));
        SharedState state = SharedState.Create(_memory, arrays);
        state.Worker.Lanes = 1;
        Access.Protect(ControlPort);
        _commons = new GatewayCommons(state, Path.Combine(_folder, "leases"));
        _gateways = new GatewayLane(Lane, 0, new HostSide(Host.Sockets, Keeper, Host.Ends, Access), state, _commons);
        Switch = new Switch(Lane, (ulong)random.NextInt64());
        _gateways.SetResolvers(random.Next(2) == 0 ? "" : "nameserver 9.9.9.9\n");
        if (random.Next(5) > 0)
        {
            AddGateway(random);
        }
        for (int i = random.Next(2, 6); i > 0; i--)
        {
            AddGuest(random);
        }
    }

    public SimulatedWorld World { get; } = new();

    public SimulatedHost Host { get; }

    public FullKeeper Keeper { get; }

    public HostAccess Access { get; } = new();

    public Lane Lane { get; }

    public Switch Switch { get; }

    public (Weft.Gateway.Gateway Gateway, Port Port)? Router { get; private set; }

    public List<Port> Guests { get; } = [];

    public List<RoomyEndpoint> Ends { get; } = [];

    public int AllFlows => _gateways.TcpFlows + _gateways.UdpFlows + _gateways.PingFlows;

    public static IpAddress Address(int host) => IpAddress.FromV4(0x0a14_0000u + (uint)host);

    /// <summary>Number 1 is the gateway, guests begin at 15.</summary>
    public static MacAddress Mac(int number) => new(0x5254_0000_0000UL + (uint)number);

    public static ulong Drops(Port port, DropReason reason) => port.Counters->Drops[(int)reason];

    public static ulong AllDrops(Port port) =>
        (ulong)Enumerable.Range(0, (int)DropReason.Count).Sum(i => (long)Drops(port, (DropReason)i));

    public static ulong FramesIn(Port port) => port.Counters->FramesIn;

    /// <summary>Sends a frame in at a guest's port and lets the lane come to rest, no time passing.</summary>
    public void Send(int guest, byte[] frame)
    {
        Ends[guest].Queue(frame);
        Guests[guest].Ready();
        for (int turn = 0; turn < 6; turn++)
        {
            Lane.Turn(mayWait: false);
        }
    }

    /// <summary>Everything that a question must not change.</summary>
    public string State() => string.Join(' ', Switch.MacCount, AllFlows, World.LiveSockets, World.Sent.Count, Access.Upstream,
        string.Join(',', Ends.Select(end => end.Delivered.Count)), string.Join('|', _counters.Select(Text)));

    public void Dispose()
    {
        if (Router is { } router)
        {
            _gateways.Remove(router.Gateway);
            router.Port.Dispose();
        }
        Guests.ForEach(port => port.Dispose());
        _gateways.Dispose();
        _commons.Dispose();
        Switch.Dispose();
        Lane.Dispose();
        _counters.ForEach(counters => counters.Dispose());
        NativeMemory.AlignedFree(_memory);
        Directory.Delete(_folder, recursive: true);
    }

    private static string Text(CounterMemory counters) =>
        $"{Convert.ToHexString(new ReadOnlySpan<byte>(counters.At, sizeof(PortCounters)))}";

    private void AddGateway(Random random)
    {
        NetworkFlags flags = NetworkFlags.Gateway;
        foreach (NetworkFlags flag in (NetworkFlags[])[NetworkFlags.Dhcp, NetworkFlags.Dns, NetworkFlags.HostLoopback])
        {
            flags |= random.Next(3) > 0 ? flag : 0;
        }
        flags |= random.Next(5) > 0 ? NetworkFlags.Nat : 0;
        var counters = new CounterMemory();
        _counters.Add(counters);
        Port port = Switch.AddPort(counters.At, PortRole.Gateway);
        Weft.Gateway.Gateway gateway = _gateways.Create(new NetworkRecord
        {
            Id = 1,
            Mode = NetworkMode.NatNetwork,
            PrefixLength = 24,
            Flags = flags,
            Mtu = 1500,
            LeaseSeconds = 3600,
            Gateway = Address(1),
            Dns = Address(random.Next(2) == 0 ? 1 : 3),
            PoolFirst = Address(15),
            PoolLast = Address(200),
            GatewayMac = Mac(1),
            Domain = Text64.From("weft.internal"),
        }, Switch, port);
        port.Attach(gateway);
        port.CarrierChanged(true);
        port.SetPlugged(true);
        Switch.SetRoomListener(gateway);
        Router = (gateway, port);
    }

    private void AddGuest(Random random)
    {
        var counters = new CounterMemory();
        _counters.Add(counters);
        Port port = Switch.AddPort(counters.At, PortRole.Guest, macLimit: random.Next(1, 5));
        var end = new RoomyEndpoint(counters.At);
        port.Attach(end);
        port.Tag = 100 + (ulong)Guests.Count;
        port.CarrierChanged(true);
        port.SetPlugged(true);
        Guests.Add(port);
        Ends.Add(end);
    }
}
