using System.Buffers.Binary;
using Weft.Linux;
using Weft.Linux.Processes;
using Weft.Linux.Sockets;
using Weft.Linux.Taps;
using Weft.Linux.Unix;

namespace Weft.Tests.Endpoints;

/// <summary>The guest's side of a TAP: a packet socket on the interface, made inside its namespace.</summary>
internal sealed unsafe class PacketSocket : IDisposable
{
    private const int FamilyPacket = 17;
    private const int Raw = 3;
    private const ushort AllProtocols = 0x0300;
    private const uint GetIndex = 0x8933;

    private readonly int _socket;

    public PacketSocket(string space, string name)
    {
        int result = 0;
        Thread thread = new(() => result = Open(space, name));
        thread.Start();
        thread.Join();
        _socket = result;
        Assert.True(_socket >= 0, Errno.Text(_socket));
    }

    public bool Send(ReadOnlySpan<byte> frame) => DescriptorMessages.Send(_socket, frame, []) == frame.Length;

    /// <summary>The next frame of the tests' EtherType.</summary>
    public byte[]? Receive()
    {
        byte[] bytes = new byte[80_000];
        fixed (byte* at = bytes)
        {
            int length;
            while ((length = (int)SocketCalls.Receive(_socket, at, bytes.Length, SocketConstants.MessageDontWait)) > 0)
            {
                if (length >= 14 && BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(12)) == 0x88b5)
                {
                    return bytes[..length];
                }
            }
        }
        return null;
    }

    public void Dispose() => FileCalls.Close(_socket);

    private static int Open(string space, string name)
    {
        int descriptor = FileCalls.Open(space, FileCalls.ReadOnly);
        int result = ProcessCalls.EnterNetwork(descriptor);
        FileCalls.Close(descriptor);
        if (result < 0)
        {
            return result;
        }
        int socket = SocketCalls.Open(FamilyPacket, Raw | SocketConstants.NonBlocking, AllProtocols);
        InterfaceRequest.TryFor(name, out InterfaceRequest request);
        FileCalls.Control(socket, GetIndex, &request);
        byte* address = stackalloc byte[20];
        new Span<byte>(address, 20).Clear();
        *(ushort*)address = FamilyPacket;
        *(ushort*)(address + 2) = AllProtocols;
        *(int*)(address + 4) = request.Number;
        result = SocketCalls.Bind(socket, address, 20);
        return result < 0 ? result : socket;
    }
}
