using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway;
using Weft.Gateway.Nat;
using Weft.Gateway.Nat.Forwards;
using Weft.Gateway.Nat.Tcp;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>
/// Theory. One guest, one link, one TCP translator, a simulated host: everything in virtual time on a real lane. In the place
/// of switch and gateway stands this bench: frames of the guest wait in a ring, a turn takes them in bursts, lets the translator
/// produce, and lends what it sent to the link. A kill throws out of the turn: frames of the unfinished burst come again, as the
/// receive arena replays them, everything else of the worker is gone, and the next worker restores from records and keeper.
/// </summary>
internal sealed unsafe partial class TcpBench : IGuestSide, IUnreachable, IGuestCalls, ITurnEnd, IDisposable
{
    public static readonly IpAddress GuestAddress = IpAddress.FromV4(0x0a14000f);
    public static readonly IpAddress GatewayAddress = IpAddress.FromV4(0x0a140001);
    public static readonly HostEnd Server = new(IpAddress.FromV4(0xc6336401), 80);

    private const ulong Network = 7;
    private const int SlotSize = 66_000;

    private readonly SharedMemory _memory;
    private readonly PortCounters* _counters = (PortCounters*)NativeMemory.AllocZeroed((nuint)sizeof(PortCounters));
    private readonly byte* _arena = (byte*)NativeMemory.Alloc(Burst.Capacity * SlotSize);
    private readonly byte* _rented = (byte*)NativeMemory.Alloc(SlotSize);
    private readonly Burst _frames = new();
    private readonly LinkedList<byte[]> _ring = [];
    private readonly List<byte[]> _burst = [];
    private readonly Queue<(GuestSegment Segment, byte[] Packet, Offload Offload)> _outbox = new();
    private readonly OutputCheck _check;
    private HostSide _side = null!;
    private bool _roomAgain;

    /// <summary>The gateway's port would be polled.</summary>
    private bool _isReady;

    public TcpBench(int seed = 1, int capacity = 64)
    {
        ToGuest = new ImpairedLink(World.Time, seed);
        ToHost = new ImpairedLink(World.Time, seed + 1000);
        Guest = new GuestStack(World.Time, GuestAddress, Transmit);
        _check = new OutputCheck(Guest, () => Facts.Mtu);
        _memory = new SharedMemory((SharedArray.TcpFlows, sizeof(TcpFlowRecord), capacity));
        Start();
    }

    public SimulatedWorld World { get; } = new();

    public GuestStack Guest { get; }

    public ImpairedLink ToGuest { get; }

    public ImpairedLink ToHost { get; }

    public HostAccess Access { get; } = new();

    public SimulatedHost Host { get; private set; } = null!;

    public Lane Lane { get; private set; } = null!;

    public TcpTable Table { get; private set; } = null!;

    public TcpTranslator Translator { get; private set; } = null!;

    public NetworkFacts Facts { get; set; } = new()
    {
        NetworkId = Network,
        Gateway = GatewayAddress,
        Dns = GatewayAddress,
        PrefixLength = 24,
        Flags = NetworkFlags.Gateway | NetworkFlags.Nat | NetworkFlags.HostLoopback,
        Mtu = 1500,
    };

    /// <summary>The lane does not hear of room in sockets.</summary>
    public bool IsDeafToRoom { get; set; }

    /// <summary>Frames that the guest's port takes before somebody must wait.</summary>
    public int GuestRing { get; set; } = 4096;

    /// <summary>Frames that the outbox holds.</summary>
    public int OutboxSize { get; set; } = 64;

    /// <summary>Frames toward the worker that wait at most; more are dropped, as a TAP's queue does.</summary>
    public int RingSize { get; set; } = 4096;

    public int RingDrops { get; private set; }

    /// <summary>ICMP errors that the translator asked for.</summary>
    public List<(FlowKey Key, byte Code, uint FirstWord)> Told { get; } = [];

    /// <summary>Segments sent toward the guest, and of these without payload.</summary>
    public int SegmentsOut { get; private set; }

    public int BareOut { get; private set; }

    public List<string> Violations => Guest.Violations;

    public ulong Drops(DropReason reason) => _counters->Drops[(int)reason];

    public TcpPhase PhaseOf(int flow) => Table.Flows[flow].Phase;

    public bool RunUntil(Func<bool> done, long limit = 20_000_000)
    {
        long end = World.Time.Now + limit;
        while (true)
        {
            try
            {
                return World.RunUntil(Lane, done, end - World.Time.Now);
            }
            catch (WorkerKilled)
            {
                Restart();
            }
        }
    }

    /// <summary>Runs for so many microseconds.</summary>
    public void Run(long microseconds) => RunUntil(() => false, microseconds);

    /// <summary>Everything is back where it was before the first flow.</summary>
    public void AssertNothingLeft()
    {
        CloseForward();
        Run(200_000);
        Assert.Equal(0, Table.Count);
        Assert.Equal(0, Table.Wheel.Count);
        Assert.Equal(0, Table.Boards.InUse);
        Assert.Equal(0, Table.Stores.InUse);
        Assert.Equal(0, Table.Budgets.Guests);
        for (int flow = 0; flow < Table.All.Capacity; flow++)
        {
            Assert.Equal(TcpRecordState.Free, Table.All[flow].State);
            Assert.Equal(TcpPhase.Free, Table.Flows[flow].Phase);
        }
        Assert.Empty(World.Kept);
        Assert.Equal(0, Host.Descriptors.Count);
        Assert.False(Translator.HasWork);
        Assert.False(Translator.HasParked);
    }

    int IGuestSide.RoomToward(IpAddress guest) => Math.Clamp(GuestRing - ToGuest.InFlight - _outbox.Count, 0, Burst.Capacity);

    byte* IGuestSide.Rent(int l3Length)
    {
        Assert.InRange(l3Length, 40, 65_535);
        return _outbox.Count < OutboxSize ? _rented : null;
    }

    void IGuestSide.Send(IpAddress guest, int l3Length, in Offload offload)
    {
        Assert.Equal(GuestAddress, guest);
        byte[] packet = new ReadOnlySpan<byte>(_rented, l3Length).ToArray();
        GuestSegment segment = GuestSegment.Parse(packet);
        _check.Look(segment, packet, in offload);
        SegmentsOut++;
        BareOut += segment.Payload.Length == 0 ? 1 : 0;
        _outbox.Enqueue((segment, packet, offload));
        _isReady = true;
        Host.Readiness.Wake();
    }

    void IGuestSide.Wake()
    {
        _isReady = true;
        Host.Readiness.Wake();
    }

    void IUnreachable.Tell(in FlowKey key, byte code, uint firstWord) => Told.Add((key, code, firstWord));

    public void OnTurnEnd()
    {
        Host.Keeper.Hear();
        for (int bursts = 0; bursts < 4 && _ring.Count > 0; bursts++)
        {
            TakeBurst();
        }
        if (_roomAgain)
        {
            _roomAgain = false;
            _isReady = true;
            Translator.Unpark();
        }
        if (_isReady)
        {
            _isReady = false;
            Translator.Produce();
            // As Gateway.Poll: what made no frame waits to be told.
            _isReady = (Lend() || Translator.IsDiscarding) && Translator.HasWork;
        }
        if (Host.Keeper.Flush() && Translator.WaitsForKeeper)
        {
            Translator.Unpark();
            _isReady = true;
        }
        if (_ring.Count > 0 || _isReady)
        {
            Host.Readiness.Wake();
        }
    }

    /// <summary>A frame of the guest, past its link.</summary>
    public void Arrive(GuestSegment segment)
    {
        if (_ring.Count >= RingSize)
        {
            RingDrops++;
            return;
        }
        _ring.AddLast(segment.ToFrame());
        Host.Readiness.Wake();
    }

    public void Dispose()
    {
        Table.Dispose();
        Lane.Dispose();
        _frames.Dispose();
        _memory.Dispose();
        NativeMemory.Free(_arena);
        NativeMemory.Free(_rented);
        NativeMemory.Free(_counters);
    }

    private void Transmit(GuestSegment segment) => ToHost.Send(segment, Arrive);

    private void TakeBurst()
    {
        _burst.Clear();
        _frames.Clear();
        for (int i = 0; i < Burst.Capacity && _ring.Count > 0; i++)
        {
            _burst.Add(_ring.First!.Value);
            _ring.RemoveFirst();
            LendToTranslator(i, _burst[i]);
        }
        foreach (ref FrameRef frame in _frames.Frames)
        {
            Take(in frame);
        }
        Translator.EndOfBurst();
        _isReady = true;
        _burst.Clear();
    }

    /// <summary>A head in lane memory and the rest in pages, as from a guest's ring.</summary>
    private void LendToTranslator(int index, byte[] bytes)
    {
        const int Page = 4096;
        ref FrameRef frame = ref _frames.Add();
        frame.Head = _frames.HeadOf(index);
        frame.HeadLength = Math.Min(bytes.Length, Burst.HeadSize);
        frame.Length = bytes.Length;
        frame.Rest = _frames.RunsOf(index);
        bytes.AsSpan(0, frame.HeadLength).CopyTo(new Span<byte>(frame.Head, frame.HeadLength));
        byte* at = _arena + index * SlotSize;
        bytes.AsSpan(frame.HeadLength).CopyTo(new Span<byte>(at, SlotSize));
        for (int left = bytes.Length - frame.HeadLength; left > 0; left -= Page, at += Page)
        {
            frame.Rest[frame.RestCount++] = new IoVec(at, (nuint)Math.Min(left, Page));
        }
    }

    private void Take(in FrameRef frame)
    {
        Assert.Equal(ParseResult.Ok, ParsedFrame.TryParse(frame.Head, frame.HeadLength, frame.Length, out ParsedFrame parsed));
        var key = new FlowKey(Network, parsed.Source, parsed.Destination, parsed.SourcePort, parsed.DestinationPort, IpProtocol.Tcp);
        TcpSegment.Read(in frame, parsed.L4Offset, parsed.PayloadOffset, parsed.PayloadLength, out TcpSegment segment);
        Translator.Take(in frame, in key, ref segment);
    }

    private bool Lend()
    {
        bool hasAny = _outbox.Count > 0;
        while (_outbox.TryDequeue(out (GuestSegment Segment, byte[] Packet, Offload Offload) sent))
        {
            // An impaired cable cuts first: whole 64 KiB segments would be lost at once.
            int most = sent.Offload.GsoSize != 0 && !ToGuest.IsClean ? sent.Offload.GsoSize : int.MaxValue;
            foreach (GuestSegment piece in sent.Segment.Cut(most))
            {
                ToGuest.Send(piece, Deliver);
            }
        }
        return hasAny;
    }

    private void Deliver(GuestSegment segment)
    {
        Guest.Receive(segment);
        if (!_roomAgain && Translator.HasParked)
        {
            _roomAgain = true;
            Host.Readiness.Wake();
        }
    }
}
