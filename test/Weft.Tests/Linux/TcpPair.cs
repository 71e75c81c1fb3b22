using System.Net;
using System.Net.Sockets;
using Weft.Engine;
using Weft.Linux.Sockets;
using Weft.Wire;

namespace Weft.Tests.Linux;

/// <summary>A connection of ours to a .NET socket on the loopback.</summary>
internal sealed unsafe class TcpPair : IDisposable
{
    public TcpPair(HostSockets sockets)
    {
        Sockets = sockets;
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        ushort port = (ushort)((IPEndPoint)listener.LocalEndPoint!).Port;
        Ours = sockets.OpenTcp(default);
        Assert.True(Ours >= 0);
        int result = sockets.Connect(Ours, new HostEnd(IpAddress.FromV4(0x7f000001), port));
        Assert.Contains(result, (int[])[0, -115]);
        Peer = listener.Accept();
    }

    public HostSockets Sockets { get; }

    public int Ours { get; }

    public Socket Peer { get; }

    public long Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* at = bytes)
        {
            IoVec run = new(at, (nuint)bytes.Length);
            return Sockets.Send(Ours, &run, 1);
        }
    }

    public long Peek(Span<byte> bytes)
    {
        fixed (byte* at = bytes)
        {
            IoVec* runs = stackalloc IoVec[2];
            int half = bytes.Length / 2;
            runs[0] = new IoVec(at, (nuint)half);
            runs[1] = new IoVec(at + half, (nuint)(bytes.Length - half));
            return Sockets.Peek(Ours, runs, 2);
        }
    }

    /// <summary>Bytes that the peer has sent and we have not acknowledged.</summary>
    public int BytesOutOfPeer()
    {
        Assert.True(Sockets.TryReadState((int)Peer.Handle, out TcpSocketState state));
        return state.OutQueue;
    }

    public TcpSocketState State()
    {
        Assert.True(Sockets.TryReadState(Ours, out TcpSocketState state));
        return state;
    }

    public void Dispose()
    {
        Sockets.Close(Ours);
        Peer.Dispose();
    }
}
