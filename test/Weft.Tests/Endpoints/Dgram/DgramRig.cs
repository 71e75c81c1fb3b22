using System.Net;
using System.Net.Sockets;
using Weft.Endpoints.Dgram;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Tests.Linux;
using Weft.Wire;

namespace Weft.Tests.Endpoints.Dgram;

/// <summary>An endpoint of datagrams, and a hypervisor at the other end. A unix queue is short: what does not fit goes after the next turn.</summary>
public sealed unsafe class DgramRig : EndpointRig
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weft-dgram").FullName;
    private readonly Queue<byte[]> _waiting = [];
    private readonly byte[] _buffer = new byte[80_000];
    private readonly int _socket;
    private DgramEndpoint _endpoint;

    public DgramRig(bool isUdp, bool isThere = true)
    {
        IsUdp = isUdp;
        Ours = PlaceOf("ours");
        Theirs = PlaceOf("theirs");
        _socket = DatagramSockets.Bind(Ours);
        Assert.True(_socket >= 0);
        _endpoint = Make(isAdopted: false);
        if (isThere)
        {
            Peer = BindPeer();
            PeerSends(EndpointContract.Frame(0, 60));
            Eventually.True(() => { Turn(); return Port.IsUp && Forwarder.Frames.Count == 1; });
            Forwarder.Frames.Clear();
        }
    }

    public bool IsUdp { get; }

    public SocketPlace Ours { get; }

    public SocketPlace Theirs { get; }

    /// <summary>The hypervisor's socket.</summary>
    public int Peer { get; set; } = -1;

    public override IEndpoint Endpoint => _endpoint;

    public override int LongFrame => DgramPlug.MaxFrame;

    /// <summary>As QEMU does: what lies at its path is taken away.</summary>
    public int BindPeer()
    {
        if (Theirs.Path is { } path)
        {
            File.Delete(path);
        }
        int peer = DatagramSockets.Bind(Theirs);
        Assert.True(peer >= 0);
        return peer;
    }

    public override void Turn()
    {
        base.Turn();
        while (_waiting.TryPeek(out byte[]? frame) && SendFrom(Peer, frame) >= 0)
        {
            _waiting.Dequeue();
        }
    }

    public override bool PeerSends(ReadOnlySpan<byte> frame)
    {
        if (_waiting.Count > 0 || SendFrom(Peer, frame) < 0)
        {
            _waiting.Enqueue(frame.ToArray());
        }
        return true;
    }

    public long SendFrom(int socket, ReadOnlySpan<byte> frame)
    {
        byte* address = stackalloc byte[128];
        int length;
        if (Ours.Path is { } path)
        {
            *(ushort*)address = SocketConstants.FamilyUnix;
            length = 2 + System.Text.Encoding.UTF8.GetBytes(path, new Span<byte>(address + 2, 108)) + 1;
            address[length - 1] = 0;
        }
        else
        {
            length = DatagramSockets.WriteEnd(address, Ours.End);
        }
        fixed (byte* at = frame)
        {
            IoVec run = new(at, (nuint)frame.Length);
            MessageHeader message = new() { Name = address, NameLength = (uint)length, Runs = &run, RunCount = 1 };
            return SocketCalls.Send(socket, &message, SocketConstants.MessageDontWait);
        }
    }

    public override byte[]? PeerReceives()
    {
        fixed (byte* at = _buffer)
        {
            int length = (int)SocketCalls.Receive(Peer, at, _buffer.Length, SocketConstants.MessageDontWait);
            return length <= 0 ? null : _buffer[..length];
        }
    }

    public override void PeerGoes()
    {
        FileCalls.Close(Peer);
        Peer = -1;
    }

    public override void TakeOver()
    {
        _endpoint.Dispose();
        _endpoint = Make(isAdopted: true);
    }

    public override void Dispose()
    {
        base.Dispose();
        FileCalls.Close(_socket);
        FileCalls.Close(Peer);
        Directory.Delete(_folder, recursive: true);
    }

    private SocketPlace PlaceOf(string name)
    {
        if (!IsUdp)
        {
            return new SocketPlace(System.IO.Path.Combine(_folder, name), default);
        }
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new SocketPlace(null, new HostEnd(IpAddress.FromV4(0x7f000001), (ushort)((IPEndPoint)socket.LocalEndPoint!).Port));
    }

    private DgramEndpoint Make(bool isAdopted)
    {
        DgramEndpoint endpoint = new(Port, new ReceiveArena(Region, ReceiveShape.Messages(LongFrame)), new DgramPlug(_socket, Theirs, isAdopted));
        Port.Attach(endpoint);
        Assert.Equal(0, endpoint.Start());
        return endpoint;
    }
}
