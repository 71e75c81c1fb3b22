using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway;
using Weft.Gateway.Nat;
using Weft.Gateway.Nat.Udp;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Udp;

/// <summary>A UDP translator over simulated host sockets, its guests, and a worker that can be killed and followed by another.</summary>
internal sealed unsafe class UdpScene : IDisposable
{
    public static readonly IpAddress Gateway = IpAddress.FromV4(0x0a140001);
    public static readonly IpAddress Dns = IpAddress.FromV4(0x0a140003);
    public static readonly IpAddress Loopback = IpAddress.FromV4(0x7f000001);
    public static readonly HostEnd Guest = new(IpAddress.FromV4(0x0a14000f), 5000);
    public static readonly HostEnd OtherGuest = new(IpAddress.FromV4(0x0a140010), 5000);
    public static readonly HostEnd Server = new(IpAddress.FromV4(0xc6336401), 7);

    private readonly PortCounters* _counters = (PortCounters*)NativeMemory.AllocZeroed(1, (nuint)sizeof(PortCounters));
    private readonly SharedMemory _memory;
    private readonly GuestPacket _packet = new();

    public UdpScene(int sockets = 4096, int flows = 65_536)
    {
        _memory = new SharedMemory((SharedArray.UdpSockets, sizeof(UdpSocketRecord), sockets), (SharedArray.UdpFlows, sizeof(UdpFlowRecord), flows));
        Start();
    }

    public SimulatedWorld World { get; } = new();

    public SimulatedHost Host { get; private set; } = null!;

    public Lane Lane { get; private set; } = null!;

    public UdpTable Table { get; private set; } = null!;

    public UdpTranslator Translator { get; private set; } = null!;

    public HostAccess Access { get; } = new();

    public RecordingGuestSide Side { get; } = new(new NetworkFacts
    {
        NetworkId = 9,
        Gateway = Gateway,
        Dns = Dns,
        PrefixLength = 24,
        Flags = NetworkFlags.Nat | NetworkFlags.Dns | NetworkFlags.HostLoopback,
        Mtu = 1500,
    });

    public RecordingErrors Errors { get; } = new();

    /// <summary>The worker's own records of forwards: outlive it.</summary>
    public FixedTargets Targets { get; } = new();

    public RecordArray<UdpFlowRecord> Flows => Table.FlowRecordsAll;

    public RecordArray<UdpSocketRecord> Sockets => Table.SocketRecordsAll;

    public ulong Drops(DropReason reason) => _counters->Drops[(int)reason];

    /// <summary>A worker begins: takes over what the records and the keeper have. Returns the flows lost.</summary>
    public int Start()
    {
        Host = World.Start();
        Lane = new Lane(Host.Readiness, World.Time);
        Table = new UdpTable(Lane, new HostSide(Host.Sockets, Host.Keeper, Host.Ends, Access),
            _memory.State.Array<UdpSocketRecord>(SharedArray.UdpSockets), _memory.State.Array<UdpFlowRecord>(SharedArray.UdpFlows), seed: 5);
        Translator = new UdpTranslator(Table, Side, Errors, Targets, _counters);
        var claimed = new HashSet<int>();
        int lost = Table.Restore(slot => DescriptorOf(slot, claimed));
        EndUnclaimed(claimed);
        Host.Keeper.Flush();
        return lost;
    }

    /// <summary>As the worker does on a command: open, then write its own record. The errno where the port is taken.</summary>
    public int OpenForward(ulong id, HostEnd listen, HostEnd? target)
    {
        int result = Translator.OpenForward(id, listen, out int slot);
        Assert.Equal(result == 0, slot >= 0);
        if (result == 0)
        {
            Targets.Targets[id] = target;
        }
        return result;
    }

    public void CloseForward(ulong id)
    {
        Targets.Targets.Remove(id);
        Translator.CloseForward(id);
        Host.Keeper.Flush();
    }

    /// <summary>kill -9 and the next worker.</summary>
    public int Restart()
    {
        World.Kill(Host);
        Lane.Dispose();
        return Start();
    }

    public void Send(HostEnd from, HostEnd to, ReadOnlySpan<byte> payload, byte timeToLive = 64)
    {
        _packet.Udp(from, to, payload, timeToLive);
        Give();
    }

    public void Send(HostEnd from, HostEnd to, int length = 10)
    {
        byte[] payload = new byte[length];
        Pattern.Fill(payload, 0);
        Send(from, to, payload);
    }

    /// <summary>Changes the frame made last before it is given again.</summary>
    public GuestPacket Packet => _packet;

    public void Give()
    {
        _packet.Give((in FrameRef frame, in ParsedFrame parsed) => Translator.Take(in frame, in parsed));
        EndTurn();
    }

    public void EndTurn()
    {
        Translator.Produce();
        Host.Keeper.Flush();
    }

    /// <summary>Lets virtual time pass, turn by turn.</summary>
    public void Run(long microseconds)
    {
        long end = World.Time.Now + microseconds;
        while (World.Time.Now < end)
        {
            World.RunUntil(Lane, () => Translator.HasWork, end - World.Time.Now);
            bool had = Translator.HasWork;
            EndTurn();
            if (!had)
            {
                World.Time.AdvanceTo(end);
                Lane.Turn(mayWait: false);
                EndTurn();
            }
            else if (Side.Room <= 0)
            {
                return;
            }
        }
    }

    public void AssertEmpty()
    {
        Assert.Equal(0, Table.FlowCount);
        Assert.Equal(0, Table.SocketCount);
        Assert.Equal(0, Table.TimerCount);
        Assert.Equal(0, Table.FlowLists.Count);
        Assert.Equal(0, Table.SocketLists.Count);
        Assert.Equal(0, Host.Descriptors.Count);
        Assert.Equal(0, World.LiveSockets);
        Assert.Equal(0, Host.Readiness.Watched);
        Assert.Empty(World.Kept);
        Assert.Equal(long.MaxValue, Table.NextDeadline);
        Assert.False(Translator.HasWork);
    }

    private int DescriptorOf(int slot, HashSet<int> claimed)
    {
        claimed.Add(slot);
        return (uint)slot < (uint)Host.Handed.Length ? Host.Handed[slot] : -1;
    }

    /// <summary>Descriptors whose record was never written.</summary>
    private void EndUnclaimed(HashSet<int> claimed)
    {
        for (int slot = 0; slot < Host.Handed.Length; slot++)
        {
            if (Host.Handed[slot] >= 0 && !claimed.Contains(slot))
            {
                Host.Ends.End(Host.Handed[slot], slot, abort: true);
            }
        }
    }

    public void Dispose()
    {
        Translator.Dispose();
        Table.Dispose();
        Lane.Dispose();
        Side.Dispose();
        _packet.Dispose();
        _memory.Dispose();
        NativeMemory.Free(_counters);
    }
}
