using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Weft.Endpoints.VhostUser;
using Weft.Linux;
using Weft.Linux.Memory;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Lab.Vhost;

/// <summary>
/// A vhost-user front end without a guest: a file as memory and two empty rings in it. It never looks into that memory itself,
/// so it may do to the file what no hypervisor does.
/// </summary>
internal sealed class BareFrontEnd : IDisposable
{
    private const ulong Size = 1 << 20;
    private const ulong User = 0x5a00_0000_0000;
    private const ulong RingSpace = 1 << 16;
    private const uint RingSize = 256;
    private const int HeaderSize = 12;

    private readonly int _socket;
    private readonly int _memory = LinuxException.Check(MemoryCalls.CreateFile("bare front end"), "memfd");
    private readonly int[] _kicks = [Libc.eventfd(0, FileCalls.CloseOnExec), Libc.eventfd(0, FileCalls.CloseOnExec)];

    private BareFrontEnd(int socket) => _socket = socket;

    /// <summary>Connects and says nothing yet.</summary>
    public static BareFrontEnd Connect(string path)
    {
        int socket = UnixSockets.Connect(path, SocketConstants.TypeStream);
        Assert.True(socket >= 0, $"{path}: {Errno.Text(socket)}");
        FileCalls.SetNonBlocking(socket, on: true);
        return new BareFrontEnd(socket);
    }

    /// <summary>Its memory and both rings are made known. False when the other end hung up before it had heard all.</summary>
    public bool TryStart()
    {
        LinuxException.Check(MemoryCalls.SetLength(_memory, Size), "ftruncate");
        bool whole = Tell(VhostRequest.SetOwner, []) && Tell(VhostRequest.SetFeatures, Bytes((ulong)VirtioFeatures.Version1)) &&
            Tell(VhostRequest.SetMemoryTable, [.. Bytes(1UL), .. Bytes(new RegionPayload { Guest = 0, Size = Size, User = User })], _memory);
        for (uint i = 0; i < 2; i++)
        {
            ulong at = User + i * RingSpace;
            RingAddresses ring = new() { Index = i, Descriptors = at, Available = at + RingSize * 16, Used = at + RingSize * 32 };
            whole = whole && Tell(VhostRequest.SetRingSize, Bytes(new RingState { Index = i, Value = RingSize })) &&
                Tell(VhostRequest.SetRingAddress, Bytes(ring)) && Tell(VhostRequest.SetRingKick, Bytes((ulong)i), _kicks[i]);
        }

        return whole;
    }

    /// <summary>Cuts the memory's file off under whoever has mapped it.</summary>
    public void CutMemory() => LinuxException.Check(MemoryCalls.SetLength(_memory, 0), "ftruncate");

    /// <summary>Says that something is to be sent, so that the ring is looked into.</summary>
    public unsafe void Kick()
    {
        ulong one = 1;
        FileCalls.Write(_kicks[1], &one, sizeof(ulong));
    }

    /// <summary>Waits until the other end hangs up.</summary>
    public async Task ClosedAsync()
    {
        byte[] bytes = new byte[64];
        for (Stopwatch wait = Stopwatch.StartNew(); ; await Task.Delay(10))
        {
            int received = DescriptorMessages.Receive(_socket, bytes, [], out _);
            if (received is 0 or -Errno.ECONNRESET)
            {
                return;
            }

            Assert.True(wait.Elapsed < TimeSpan.FromSeconds(15), "the connection is still open");
        }
    }

    public void Dispose()
    {
        FileCalls.Close(_socket);
        FileCalls.Close(_memory);
        Array.ForEach(_kicks, kick => FileCalls.Close(kick));
    }

    private bool Tell(VhostRequest request, byte[] payload, params ReadOnlySpan<int> descriptors)
    {
        byte[] message = new byte[HeaderSize + payload.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(message, (uint)request);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), (uint)payload.Length);
        payload.CopyTo(message, HeaderSize);
        return DescriptorMessages.Send(_socket, message, descriptors) == message.Length;
    }

    private static byte[] Bytes<T>(T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();
}
