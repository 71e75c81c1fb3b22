using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway;
using Weft.Gateway.Nat;
using Weft.Gateway.Nat.Ping;
using Weft.Gateway.Nat.Udp;
using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Sockets;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat;

/// <summary>The datagram translators over the kernel's own sockets, uncovered.</summary>
internal sealed unsafe class KernelScene : IDisposable
{
    public static readonly IpAddress Gateway = IpAddress.FromV4(0x0a140001);
    public static readonly HostEnd Guest = new(IpAddress.FromV4(0x0a14000f), 5000);

    private readonly PortCounters* _counters = (PortCounters*)NativeMemory.AllocZeroed(1, (nuint)sizeof(PortCounters));
    private readonly SharedMemory _memory = new((SharedArray.UdpSockets, sizeof(UdpSocketRecord), 64),
        (SharedArray.UdpFlows, sizeof(UdpFlowRecord), 64), (SharedArray.PingFlows, sizeof(PingFlowRecord), 64));
    private readonly EpollReadiness _readiness = new();
    private readonly Lane _lane;

    public KernelScene()
    {
        _lane = new Lane(_readiness, TimeProvider.System);
        var host = new HostSide(Sockets, new NoKeeper(), new KeptDescriptors(_readiness, Sockets, new NoKeeper()), new HostAccess());
        UdpTable = new UdpTable(_lane, host, _memory.State.Array<UdpSocketRecord>(SharedArray.UdpSockets),
            _memory.State.Array<UdpFlowRecord>(SharedArray.UdpFlows), seed: 1);
        PingTable = new PingTable(_lane, host, _memory.State.Array<PingFlowRecord>(SharedArray.PingFlows), seed: 1);
        Udp = new UdpTranslator(UdpTable, Side, Errors, new FixedTargets(), _counters);
        Ping = new PingTranslator(PingTable, Side, Errors, _counters);
    }

    public HostSockets Sockets { get; } = new();

    public UdpTable UdpTable { get; }

    public PingTable PingTable { get; }

    public UdpTranslator Udp { get; }

    public PingTranslator Ping { get; }

    public GuestPacket Packet { get; } = new();

    public RecordingErrors Errors { get; } = new();

    public RecordingGuestSide Side { get; } = new(new NetworkFacts
    {
        NetworkId = 9,
        Gateway = Gateway,
        Dns = default,
        PrefixLength = 24,
        Flags = NetworkFlags.Nat | NetworkFlags.HostLoopback,
        Mtu = 1500,
    });

    /// <summary>An address of this machine that is not loopback, where it has one.</summary>
    public static IpAddress? OwnAddress =>
        NetworkInterface.GetAllNetworkInterfaces().SelectMany(nic => nic.GetIPProperties().UnicastAddresses)
            .Where(address => address.Address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address.Address))
            .Select(address => (IpAddress?)IpAddress.From(address.Address)).FirstOrDefault();

    public void GiveUdp() => Packet.Give((in FrameRef frame, in ParsedFrame parsed) => Udp.Take(in frame, in parsed));

    public void GivePing() => Packet.Give((in FrameRef frame, in ParsedFrame parsed) => Ping.Take(in frame, in parsed));

    /// <summary>Turns until something came; false after five seconds.</summary>
    public bool Until(Func<bool> done)
    {
        long end = Environment.TickCount64 + 5_000;
        while (!done() && Environment.TickCount64 < end)
        {
            using var alarm = new Timer(_ => _readiness.Wake(), null, 100, Timeout.Infinite);
            _lane.Turn(mayWait: true);
            Udp.Produce();
            Ping.Produce();
        }
        return done();
    }

    public void Dispose()
    {
        Udp.Dispose();
        Ping.Dispose();
        UdpTable.Dispose();
        PingTable.Dispose();
        _lane.Dispose();
        _readiness.Dispose();
        Sockets.Dispose();
        Side.Dispose();
        Packet.Dispose();
        _memory.Dispose();
        NativeMemory.Free(_counters);
    }

    private sealed class NoKeeper : IDescriptorKeeper
    {
        public bool IsCovered => false;

        public bool AllKept => true;

        public int Add(int descriptor) => -1;

        public void Drop(int slot)
        {
        }

        public bool Flush() => true;
    }
}
