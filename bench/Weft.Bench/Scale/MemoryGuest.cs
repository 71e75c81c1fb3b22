using System.Runtime.InteropServices;
using Weft.Endpoints.VhostUser;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Linux.Memory;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;
using Weft.Switching;
using Weft.Wire;

namespace Weft.Bench.Scale;

/// <summary>
/// A port with a vhost-user endpoint, and the guest at its other side: one region of memory with both rings and the buffers of
/// each. Sending and receiving touch memory alone and allocate nothing; every byte of a frame is written anew each time.
/// </summary>
internal sealed unsafe class MemoryGuest : IVhostOwner, IDisposable
{
    public const int FrameSize = 64;

    public const int MessageSize = HeaderSize + FrameSize;

    private const int HeaderSize = 12;
    private const int RingCount = 2;
    private const int BuffersAt = RingCount * DriverRing.RingStride;
    private const int BuffersStride = DriverRing.Size * DriverRing.BufferSize;

    private readonly SharedMemory _memory = SharedMemory.Create("bench-guest", BuffersAt + RingCount * BuffersStride);
    private readonly VhostRecord* _record = (VhostRecord*)NativeMemory.AllocZeroed((nuint)sizeof(VhostRecord));
    private readonly PortCounters* _counters = (PortCounters*)NativeMemory.AllocZeroed((nuint)sizeof(PortCounters));
    private readonly VhostUserEndpoint _endpoint;
    private readonly FrontEnd _frontEnd;
    private readonly DriverRing _receives;
    private readonly DriverRing _transmits;
    private readonly int _listener;

    public MemoryGuest(Switch network, string path, PortRole role, bool hasOffloads)
    {
        _receives = MakeRing(0, DriverRing.BufferSize, deviceWrites: true);
        _transmits = MakeRing(1, MessageSize, deviceWrites: false);
        _listener = LinuxException.Check(UnixSockets.Listen(path, SocketConstants.TypeStream), "listen");
        Port = network.AddPort(_counters, role);
        VhostUserEndpoint.Clear(_record);
        VhostPlug plug = new()
        {
            Record = _record,
            Mac = new MacAddress(0x5254_0000_0001),
            Pairs = 1,
            Listener = _listener,
            ListenerSlot = -1,
            Path = path,
            Connection = -1,
            ConnectionSlot = -1,
        };
        _endpoint = new VhostUserEndpoint(Port, in plug, this);
        Port.Attach(_endpoint);
        Port.SetPlugged(true);
        LinuxException.Check(_endpoint.Start(), "start");
        Bare = new BareCopy(_memory);
        _frontEnd = new FrontEnd(path, _memory, hasOffloads, _receives, _transmits);
        _receives.Add(DriverRing.Size);
    }

    public Port Port { get; }

    public BareCopy Bare { get; }

    /// <summary>Frames made available that the device has not taken.</summary>
    public int Unsent => _transmits.AtDevice;

    public ulong DroppedHere => _counters->Drops[(int)DropReason.PortFull];

    /// <summary>Buffer of one of the rings in a mapping of the guest's memory.</summary>
    public static byte* BufferOf(byte* memory, int ring, int index) =>
        memory + BuffersAt + ring * BuffersStride + (index & (DriverRing.Size - 1)) * DriverRing.BufferSize;

    /// <summary>Makes frames available, the i-th from <paramref name="from"/> + (first + i) mod <paramref name="addresses"/>,
    /// to <paramref name="to"/> in the same way.</summary>
    public void Send(ulong from, ulong to, int frames, ulong first = 0, ulong addresses = 1)
    {
        for (int i = 0; i < frames; i++)
        {
            ulong number = addresses == 1 ? 0 : (first + (ulong)i) % addresses;
            byte* at = _transmits.Next(i);
            new Span<byte>(at, MessageSize).Clear();
            at += HeaderSize;
            new MacAddress(to + number).Write(at);
            new MacAddress(from + number).Write(at + MacAddress.Size);
            NetworkOrder.Write16(at + 2 * MacAddress.Size, 0x88b5);
        }
        _transmits.Add(frames);
        _transmits.See(_transmits.Returned);
    }

    /// <summary>Empties the receive ring and gives the buffers back; how many frames were whole.</summary>
    public int Receive()
    {
        int returned = _receives.Returned;
        int whole = 0;
        for (int i = 0; i < returned; i++)
        {
            byte* at = _receives.ReturnedAt(i, out uint written);
            whole += written == MessageSize && NetworkOrder.Read16(at + HeaderSize + 2 * MacAddress.Size) == 0x88b5 ? 1 : 0;
        }
        _receives.See(returned);
        _receives.Add(returned);
        return whole;
    }

    public int Keep(int descriptor) => -1;

    public void End(int descriptor, int slot) => FileCalls.Close(descriptor);

    public int DescriptorOf(int slot) => -1;

    public bool AskAccept(IAcceptTarget target) => false;

    public void Connected(int connection, int slot)
    {
    }

    public void Dispose()
    {
        Port.Dispose();
        _endpoint.EndAll();
        Bare.Dispose();
        _frontEnd.Dispose();
        FileCalls.Close(_listener);
        NativeMemory.Free(_record);
        NativeMemory.Free(_counters);
        _memory.Dispose();
    }

    private DriverRing MakeRing(int index, int length, bool deviceWrites)
    {
        int buffersAt = BuffersAt + index * BuffersStride;
        return new DriverRing(_memory.Start + index * DriverRing.RingStride, _memory.Start + buffersAt, (ulong)buffersAt, length, deviceWrites);
    }
}
