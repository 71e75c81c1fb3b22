using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway;
using Weft.Gateway.Nat;
using Weft.Gateway.Nat.Ping;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Ping;

/// <summary>A ping translator over simulated ping sockets.</summary>
internal sealed unsafe class PingScene : IDisposable
{
    public static readonly IpAddress Gateway = IpAddress.FromV4(0x0a140001);
    public static readonly IpAddress Guest = IpAddress.FromV4(0x0a14000f);
    public static readonly IpAddress Far = IpAddress.FromV4(0xc6336401);

    private readonly PortCounters* _counters = (PortCounters*)NativeMemory.AllocZeroed(1, (nuint)sizeof(PortCounters));
    private readonly SharedMemory _memory = new((SharedArray.PingFlows, sizeof(PingFlowRecord), 256));

    public PingScene()
    {
        World.Pingable.Add(Far);
        Start();
    }

    public SimulatedWorld World { get; } = new();

    public SimulatedHost Host { get; private set; } = null!;

    public Lane Lane { get; private set; } = null!;

    public PingTable Table { get; private set; } = null!;

    public PingTranslator Translator { get; private set; } = null!;

    public GuestPacket Packet { get; } = new();

    public RecordingErrors Errors { get; } = new();

    public RecordingGuestSide Side { get; } = new(new NetworkFacts
    {
        NetworkId = 9,
        Gateway = Gateway,
        Dns = default,
        PrefixLength = 24,
        Flags = NetworkFlags.Nat,
        Mtu = 1500,
    });

    public ulong Drops(DropReason reason) => _counters->Drops[(int)reason];

    public int Start()
    {
        Host = World.Start();
        Lane = new Lane(Host.Readiness, World.Time);
        Table = new PingTable(Lane, new HostSide(Host.Sockets, Host.Keeper, Host.Ends, new HostAccess()),
            _memory.State.Array<PingFlowRecord>(SharedArray.PingFlows), seed: 5);
        Translator = new PingTranslator(Table, Side, Errors, _counters);
        return Table.Restore(slot => Host.Handed[slot]);
    }

    public int Restart()
    {
        World.Kill(Host);
        return Start();
    }

    public void Ping(IpAddress to, ushort identifier, ushort sequence, int length = 56, byte timeToLive = 64)
    {
        byte[] payload = new byte[length];
        Pattern.Fill(payload, sequence);
        Packet.Echo(Guest, to, identifier, sequence, payload, timeToLive);
        Give();
    }

    public void Give()
    {
        Packet.Give((in FrameRef frame, in ParsedFrame parsed) => Translator.Take(in frame, in parsed));
        Host.Keeper.Flush();
    }

    /// <summary>Lets the answers come.</summary>
    public void Run(long microseconds = 1_000)
    {
        World.Time.Advance(microseconds);
        Lane.Turn(mayWait: false);
        Translator.Produce();
        Host.Keeper.Flush();
    }

    public void AssertEmpty()
    {
        Assert.Equal((0, 0, 0), (Table.Count, Table.TimerCount, Table.Lists.Count));
        Assert.Equal((0, 0, 0), (Host.Descriptors.Count, World.LiveSockets, Host.Readiness.Watched));
        Assert.Empty(World.Kept);
    }

    public void Dispose()
    {
        Translator.Dispose();
        Table.Dispose();
        Lane.Dispose();
        Side.Dispose();
        Packet.Dispose();
        _memory.Dispose();
        NativeMemory.Free(_counters);
    }
}
