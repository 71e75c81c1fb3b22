using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway;
using Weft.Gateway.Nat;
using Weft.Gateway.Nat.Tcp;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>One open flow between frames made by hand and a host side that takes and gives without end; it allocates nothing itself.</summary>
internal sealed unsafe class BulkBench : IGuestSide, IUnreachable, IReadiness, IDescriptorKeeper, IKeptDescriptors, IDisposable
{
    private const uint GuestIsn = 1000;

    private readonly BulkSockets _sockets = new();
    private readonly VirtualTime _time = new();
    private readonly SharedMemory _memory;
    private readonly PortCounters* _counters = (PortCounters*)NativeMemory.AllocZeroed((nuint)sizeof(PortCounters));
    private readonly byte* _frame = (byte*)NativeMemory.AllocZeroed(70_000);
    private readonly byte* _packet = (byte*)NativeMemory.AllocZeroed(70_000);
    private readonly Lane _lane;
    private readonly TcpTable _table;
    private readonly TcpTranslator _translator;
    private readonly FlowKey _key;
    private uint _next = GuestIsn + 1;
    private uint _peerNext;

    public BulkBench()
    {
        _memory = new SharedMemory((SharedArray.TcpFlows, sizeof(TcpFlowRecord), 16));
        _lane = new Lane(this, _time);
        var host = new HostSide(_sockets, this, this, new HostAccess());
        _table = new TcpTable(_lane, host, _memory.State.Array<TcpFlowRecord>(SharedArray.TcpFlows), new InitialSequence(1, 2), 3);
        _translator = new TcpTranslator(_table, this, this, _counters);
        _key = new FlowKey(7, TcpBench.GuestAddress, TcpBench.Server.Address, 1234, 80, 6);
        var syn = new TcpSegment { Seq = GuestIsn, Flags = TcpSegment.Syn, Window = 65_535, Scale = 7, Mss = 1460, SackPermitted = true };
        Take(ref syn);
        Finish();
        _peerNext = _table.All[0].OurIsn + 1;
        Say(_next, 0, 0);
        Finish();
        Assert.Equal(TcpPhase.Open, _table.Flows[0].Phase);
    }

    public NetworkFacts Facts { get; } = new()
    {
        NetworkId = 7,
        Gateway = TcpBench.GatewayAddress,
        Dns = TcpBench.GatewayAddress,
        PrefixLength = 24,
        Flags = NetworkFlags.Gateway | NetworkFlags.Nat,
        Mtu = 1500,
    };

    public long Sent => _sockets.Sent;

    public long Discarded => _sockets.Discarded;

    public bool IsCovered => false;

    public bool AllKept => true;

    /// <summary>Each round a burst of four frames and the answer.</summary>
    public void Upload(int frame, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            for (int j = 0; j < 4; j++)
            {
                Say(_next, frame, 0);
                _next += (uint)frame;
            }
            Finish();
        }
    }

    public void UploadSwapped(int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            Say(_next + 1000, 1000, 0);
            Finish();
            Say(_next, 1000, 0);
            _next += 2000;
            Finish();
        }
    }

    /// <summary>Each round what the translator sends at once, acknowledged.</summary>
    public void Download(int rounds)
    {
        _sockets.HasData = true;
        for (int i = 0; i < rounds; i++)
        {
            _translator.OnSocket(0, Ready.Read);
            Finish();
            Say(_next, 0, 0);
        }
    }

    public int RoomToward(IpAddress guest) => 64;

    public byte* Rent(int l3Length) => _packet;

    public void Send(IpAddress guest, int l3Length, in Offload offload)
    {
        int header = 20 + (_packet[32] >> 4 << 2);
        if (l3Length > header)
        {
            _peerNext = NetworkOrder.Read32(_packet + 24) + (uint)(l3Length - header);
        }
    }

    void IGuestSide.Wake()
    {
    }

    public void Tell(in FlowKey key, byte code, uint firstWord)
    {
    }

    public int Watch(int descriptor, ReadyToken token, Ready interest) => 0;

    public int Rewatch(int descriptor, ReadyToken token, Ready interest) => 0;

    public void Unwatch(int descriptor)
    {
    }

    public int Wait(Span<ReadyEvent> events, long timeoutMicroseconds) => 0;

    void IReadiness.Wake()
    {
    }

    public int Add(int descriptor) => -1;

    public void Drop(int slot)
    {
    }

    public bool Flush() => true;

    public void End(int descriptor, int slot, bool abort)
    {
    }

    public void Dispose()
    {
        _translator.Dispose();
        _table.Dispose();
        _lane.Dispose();
        _memory.Dispose();
        NativeMemory.Free(_frame);
        NativeMemory.Free(_packet);
        NativeMemory.Free(_counters);
    }

    private void Say(uint seq, int length, byte flags)
    {
        var segment = new TcpSegment { Seq = seq, AckNumber = _peerNext, Flags = (byte)(TcpSegment.Ack | flags), Window = 65_535, Length = length, PayloadOffset = 54, Scale = -1 };
        Take(ref segment);
    }

    private void Take(ref TcpSegment segment)
    {
        var frame = new FrameRef { Head = _frame, HeadLength = 54 + segment.Length, Length = 54 + segment.Length };
        _translator.Take(in frame, in _key, ref segment);
    }

    private void Finish()
    {
        _translator.EndOfBurst();
        while (_translator.HasWork)
        {
            _translator.Produce();
        }
        _time.Advance(100);
        _lane.Turn(mayWait: false);
    }
}
