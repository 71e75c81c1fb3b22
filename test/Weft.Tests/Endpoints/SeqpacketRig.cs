using Weft.Endpoints.Seqpacket;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Tests.Endpoints;

/// <summary>A seqpacket endpoint at a path, and a hypervisor connected to it.</summary>
public sealed unsafe class SeqpacketRig : EndpointRig, IConnectionOwner
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weft-seq").FullName;
    private readonly int _listener;
    private SeqpacketEndpoint _endpoint;

    public SeqpacketRig()
    {
        _listener = UnixSockets.Listen(Path, SocketConstants.TypeSeqpacket);
        Assert.True(_listener >= 0);
        _endpoint = Make(-1);
        Peer = Connect();
        Turn();
        Assert.True(Port.IsUp);
    }

    public string Path => System.IO.Path.Combine(_folder, "nic.sock");

    public int Peer { get; set; }

    public List<int> Ended { get; } = [];

    public override IEndpoint Endpoint => _endpoint;

    public SeqpacketEndpoint Seqpacket => _endpoint;

    public override int LongFrame => SeqpacketPlug.DefaultMaxFrame;

    public int Connect() => UnixSockets.Connect(Path, SocketConstants.TypeSeqpacket | SocketConstants.NonBlocking);

    public override bool PeerSends(ReadOnlySpan<byte> frame) => DescriptorMessages.Send(Peer, frame, []) == frame.Length;

    public override byte[]? PeerReceives()
    {
        Span<byte> bytes = stackalloc byte[4096];
        int length = DescriptorMessages.Receive(Peer, bytes, [], out _);
        return length <= 0 ? null : bytes[..length].ToArray();
    }

    public override void PeerGoes() => FileCalls.Close(Peer);

    public override void TakeOver()
    {
        int connection = _endpoint.Connection;
        _endpoint.Dispose();
        _endpoint = Make(connection);
    }

    public void Connected(int descriptor)
    {
    }

    public void Disconnected(int descriptor)
    {
        Ended.Add(descriptor);
        FileCalls.Close(descriptor);
    }

    public override void Dispose()
    {
        int connection = _endpoint.Connection;
        base.Dispose();
        FileCalls.Close(connection);
        FileCalls.Close(_listener);
        FileCalls.Close(Peer);
        Directory.Delete(_folder, recursive: true);
    }

    private SeqpacketEndpoint Make(int connection)
    {
        ReceiveArena arena = new(Region, ReceiveShape.Messages(LongFrame));
        SeqpacketEndpoint endpoint = new(Port, arena, new SeqpacketPlug(_listener, connection), this);
        Port.Attach(endpoint);
        Assert.Equal(0, endpoint.Start());
        return endpoint;
    }
}
