using System.Runtime.InteropServices;
using Weft.Linux;
using Weft.Linux.Memory;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Bench.Scale;

/// <summary>
/// A hypervisor as short as it can be: one connection, one memory region, two rings (vhost-user, "Front-end message types").
/// It agrees on no answers and asks for none, so everything is told before the other side, which lives on this thread, has read any.
/// </summary>
internal sealed unsafe partial class FrontEnd : IDisposable
{
    private const uint Version = 1;
    private const ulong NoDescriptor = 0x100;
    private const ulong Mergeable = 1UL << 15;
    private const ulong EventIndex = 1UL << 29;
    private const ulong ProtocolFeatures = 1UL << 30;
    private const ulong Version1 = 1UL << 32;

    /// <summary>Checksums and TCP segments left open, both ways, as Linux has it.</summary>
    private const ulong Offloads = 1 << 0 | 1 << 1 | 1 << 7 | 1 << 8 | 1 << 11 | 1 << 12;

    private readonly int _socket;
    private readonly List<int> _kicks = [];

    public FrontEnd(string path, SharedMemory memory, bool hasOffloads, params ReadOnlySpan<DriverRing> rings)
    {
        _socket = LinuxException.Check(UnixSockets.Connect(path, SocketConstants.TypeStream), "connect");
        Tell(Request.SetOwner, []);
        Tell(Request.SetFeatures, Mergeable | EventIndex | ProtocolFeatures | Version1 | (hasOffloads ? Offloads : 0));
        Tell(Request.SetProtocolFeatures, 0UL);
        Tell(Request.SetMemoryTable, [1, 0, memory.Size, (ulong)memory.Start, 0], memory.Descriptor);
        for (int i = 0; i < rings.Length; i++)
        {
            Start((ulong)i, rings[i]);
        }
    }

    private enum Request : uint
    {
        SetFeatures = 2,
        SetOwner = 3,
        SetMemoryTable = 5,
        SetRingSize = 8,
        SetRingAddress = 9,
        SetRingBase = 10,
        SetRingKick = 12,
        SetRingCall = 13,
        SetProtocolFeatures = 16,
        SetRingEnable = 18,
    }

    public void Dispose()
    {
        _kicks.ForEach(kick => FileCalls.Close(kick));
        FileCalls.Close(_socket);
    }

    [LibraryImport("libc")]
    private static partial int eventfd(uint initial, int flags);

    private void Start(ulong index, DriverRing ring)
    {
        // Nobody reads it, as with a real guest's: a stream would be full some day, and the guest stood still in its kick.
        int kick = LinuxException.Check(eventfd(0, FileCalls.CloseOnExec | FileCalls.NonBlocking), "eventfd");
        _kicks.Add(kick);
        ring.Kick = kick;
        Tell(Request.SetRingCall, index | NoDescriptor);
        Tell(Request.SetRingSize, index | (ulong)DriverRing.Size << 32);
        Tell(Request.SetRingBase, index);
        Tell(Request.SetRingAddress, [index, ring.Table, ring.Used, ring.Available, 0]);
        Tell(Request.SetRingKick, [index], kick);
        Tell(Request.SetRingEnable, index | 1UL << 32);
    }

    private void Tell(Request request, ulong value) => Tell(request, [value]);

    private void Tell(Request request, ReadOnlySpan<ulong> payload, params ReadOnlySpan<int> descriptors)
    {
        ReadOnlySpan<byte> body = MemoryMarshal.AsBytes(payload);
        ReadOnlySpan<uint> header = [(uint)request, Version, (uint)body.Length];
        byte[] message = [.. MemoryMarshal.AsBytes(header), .. body];
        LinuxException.Check(DescriptorMessages.Send(_socket, message, descriptors), "send");
    }
}
