using System.Buffers.Binary;
using Weft.Endpoints.Stream;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Tests.Linux;
using Weft.Wire;

namespace Weft.Tests.Endpoints.Stream;

/// <summary>A stream endpoint that listens, over a unix socket or TCP, and a hypervisor connected to it.</summary>
public sealed unsafe class StreamRig : EndpointRig, IStreamOwner, IConnectionKeeper
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weft-stream").FullName;
    private readonly HostSockets _sockets = new();
    private readonly SocketPlace _place;
    private readonly int _listener = -1;
    private readonly List<byte> _received = [];
    private readonly byte[] _buffer = new byte[80_000];
    private StreamEndpoint _endpoint;

    /// <param name="listens">False: the endpoint dials, and nobody is there.</param>
    public StreamRig(bool isTcp, bool listens = true)
    {
        IsTcp = isTcp;
        _place = StreamPeer.PlaceOf(isTcp, Path);
        if (listens)
        {
            _listener = StreamPeer.Listen(in _place, _sockets);
        }
        StreamEndpoint.Clear(Region);
        _endpoint = Make(-1);
        if (listens)
        {
            Peer = Connect();
            Eventually.True(() => { Turn(); return Port.IsUp; });
        }
    }

    public bool IsTcp { get; }

    public string Path => System.IO.Path.Combine(_folder, "nic.stream");

    public HostEnd End => _place.End;

    /// <summary>The hypervisor's end.</summary>
    public int Peer { get; set; } = -1;

    public List<int> Ended { get; } = [];

    public override IEndpoint Endpoint => _endpoint;

    public StreamEndpoint Stream => _endpoint;

    internal StreamRecord* Record => StreamRecord.Of(Region);

    public override int LongFrame => StreamEndpoint.MaxFrame;

    public int Connect() => StreamPeer.Connect(in _place, _sockets);

    public static byte[] OnWire(ReadOnlySpan<byte> frame)
    {
        byte[] bytes = new byte[4 + frame.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, frame.Length);
        frame.CopyTo(bytes.AsSpan(4));
        return bytes;
    }

    public bool PeerWrites(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* at = bytes)
        {
            return SocketCalls.Send(Peer, at, bytes.Length) == bytes.Length;
        }
    }

    public override bool PeerSends(ReadOnlySpan<byte> frame) => PeerWrites(OnWire(frame));

    /// <summary>The next frame; null when it has not come whole. What cannot be a frame fails the test.</summary>
    public override byte[]? PeerReceives()
    {
        fixed (byte* at = _buffer)
        {
            int length;
            while ((length = (int)SocketCalls.Receive(Peer, at, _buffer.Length, SocketConstants.MessageDontWait)) > 0)
            {
                _received.AddRange(_buffer.AsSpan(0, length));
            }
        }
        if (_received.Count < 4)
        {
            return null;
        }
        int frame = BinaryPrimitives.ReadInt32BigEndian([.. _received[..4]]);
        Assert.InRange(frame, 14, LongFrame);
        if (_received.Count < 4 + frame)
        {
            return null;
        }
        byte[] bytes = [.. _received[4..(4 + frame)]];
        _received.RemoveRange(0, 4 + frame);
        return bytes;
    }

    public byte[] NextFrame()
    {
        byte[]? frame = null;
        Eventually.True(() => { Turn(); return (frame = PeerReceives()) is not null; });
        return frame!;
    }

    /// <summary>Over TCP with a reset, since after a FIN the kernel goes on taking what is for a peer that is gone.</summary>
    public override void PeerGoes()
    {
        if (IsTcp)
        {
            _sockets.Abort(Peer);
        }
        FileCalls.Close(Peer);
        Peer = -1;
    }

    public override void TakeOver()
    {
        int connection = _endpoint.Connection;
        _endpoint.Dispose();
        _endpoint = Make(connection);
    }

    public int Keep(int descriptor) => 7;

    public bool AskAccept(IAcceptTarget target) => false;

    public void Connected(int slot)
    {
    }

    void IConnectionKeeper.End(int descriptor, int slot)
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
        _sockets.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private StreamEndpoint Make(int connection)
    {
        StreamEndpoint endpoint = new(Port, new StreamPlug
        {
            Region = Region,
            Sockets = _sockets,
            Keeper = this,
            Place = _place,
            Listener = _listener < 0 ? null : new StreamListener(Lane, this, new StreamSharers(IsTcp), _listener, -1),
            Connection = connection,
        }, this);
        Port.Attach(endpoint);
        Assert.Equal(0, endpoint.Start());
        return endpoint;
    }
}
