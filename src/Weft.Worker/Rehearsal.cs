using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway;
using Weft.Gateway.Nat;
using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Memory;
using Weft.Linux.Sockets;
using Weft.Wire;

namespace Weft.Worker;

/// <summary>
/// Theory. A takeover played through by a standby, on memory and sockets of its own that end with it. Compiling methods ahead
/// (<see cref="WarmUp"/>) leaves out what exists only once it is used: generics over our structs, static constructors, the
/// runtime's stubs for interface and native calls. Those cost a first takeover 70 ms of processor time; played once, they are paid.
/// The records of a network with every service and of a guest behind a TAP, whose place a socket pair takes, are taken over
/// as a successor would, and a frame of the guest goes in. Nothing of it is visible outside the process: no listening
/// socket, no file.
/// </summary>
internal sealed class Rehearsal : IDescriptorKeeper, IDisposable
{
    private const string NoFile = "/dev/null/none";
    private const int Seqpacket = 5 | SocketConstants.NonBlocking;
    private const int FrameSize = 12 + 42;
    private const int Turns = 4;

    private static readonly MacAddress Guest = new(0x525400000002);

    private readonly SharedMemory _memory = SharedMemory.Create("rehearsal", SharedState.SizeOf(SharedArrays.For(1)));
    private readonly SharedState _state;

    private Rehearsal()
    {
        unsafe
        {
            _state = SharedState.Create(_memory.Start, SharedArrays.For(1));
        }
    }

    public bool IsCovered => true;

    public bool AllKept => true;

    /// <summary>Plays it. What goes wrong costs only the warmth.</summary>
    public static void Play()
    {
        try
        {
            using Rehearsal rehearsal = new();
            rehearsal.TakeOver();
        }
        catch (Exception problem) when (problem is IOException or InvalidOperationException)
        {
            Console.Error.WriteLine($"weft worker: the standby could not rehearse: {problem.Message}");
        }
    }

    public int Add(int descriptor) => 0;

    public void Drop(int slot)
    {
    }

    public bool Flush() => true;

    public void Dispose() => _memory.Dispose();

    private void TakeOver()
    {
        WriteRecords();
        using GatewayCommons commons = new(_state, NoFile);
        using LaneSet lanes = new(_state, new LanePlan(1, []), _ => this, commons);
        DataPlane plane = new(lanes, _state);
        Lane lane = lanes.First.Lane;
        LinuxException.Check(SocketCalls.Pair(Seqpacket, out int tap, out int guest), "socketpair");
        plane.Restore(_ => tap);
        lane.Add(new StatusKeeper(_state, this));
        SendArp(guest);
        for (int turn = 0; turn < Turns; turn++)
        {
            lane.Turn(mayWait: false);
        }
        plane.Dispose();
        FileCalls.Close(guest);
    }

    /// <summary>What a predecessor would have left.</summary>
    private void WriteRecords()
    {
        _state.Array<NetworkRecord>(SharedArray.Networks)[0] = new NetworkRecord
        {
            Id = 1,
            Name = Text64.From("rehearsal"),
            Mode = NetworkMode.NatNetwork,
            PrefixLength = 24,
            Flags = NetworkFlags.Gateway | NetworkFlags.Dhcp | NetworkFlags.Dns | NetworkFlags.Nat,
            Mtu = 1500,
            LeaseSeconds = 3600,
            Gateway = Address(1),
            Dns = Address(1),
            PoolFirst = Address(15),
            PoolLast = Address(20),
            GatewayMac = new MacAddress(0x525400000001),
        };
        _state.Array<PortRecord>(SharedArray.Ports)[0] = new PortRecord
        {
            Id = 2,
            NetworkId = 1,
            Name = Text64.From("vm:1"),
            Guest = Text64.From("vm"),
            Mac = Guest,
            Kind = AttachmentKind.Tap,
            Plugged = 1,
            ListenerSlot = -1,
            DescriptorSlot = 0,
        };
        _state.Array<LeaseRecord>(SharedArray.Leases)[0] = new LeaseRecord
        {
            NetworkId = 1,
            Mac = Guest,
            Address = Address(15),
            Expires = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600,
            HostName = Text64.From("vm"),
            Client = 1,
            PortId = 2,
        };
        _state.Array<NeighbourRecord>(SharedArray.Neighbours)[0] = new NeighbourRecord { NetworkId = 1, Address = Address(15), Mac = Guest };
        NameRecord name = new() { Id = 3, Network = Text64.From("rehearsal"), Name = Text256.From("full.name.test"), Count = 1 };
        name.Addresses[0] = Address(9);
        _state.Array<NameRecord>(SharedArray.Names)[0] = name;
        _state.Worker.NextId = 3;
        _state.Worker.Lanes = 1;
    }

    private static IpAddress Address(uint host) => IpAddress.FromV4(10u << 24 | host);

    /// <summary>"Who has 10.0.0.1", behind an empty offload header, as a TAP would bring it.</summary>
    private static unsafe void SendArp(int guest)
    {
        byte* frame = stackalloc byte[FrameSize];
        new Span<byte>(frame, FrameSize).Clear();
        ReadOnlySpan<byte> arp =
        [
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0, 0, 0, 2, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1,
            0x52, 0x54, 0, 0, 0, 2, 10, 0, 0, 15, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1,
        ];
        arp.CopyTo(new Span<byte>(frame + FrameSize - arp.Length, arp.Length));
        FileCalls.Write(guest, frame, FrameSize);
    }
}
