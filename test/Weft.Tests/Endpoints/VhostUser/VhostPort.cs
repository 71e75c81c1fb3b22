using System.Runtime.InteropServices;
using Weft.Endpoints.VhostUser;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;
using Weft.Tests.Linux;
using Weft.Wire;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>A port with a vhost-user endpoint in it, and the front end and guest at its other side.</summary>
public sealed unsafe class VhostPort : IDisposable
{
    private readonly VhostRecord* _record = (VhostRecord*)NativeMemory.AllocZeroed((nuint)sizeof(VhostRecord));
    private readonly SlotOwner _owner = new();
    private readonly RecordingForwarder _forwarder;
    private readonly int _listener;
    private readonly Action _turn;
    private VhostUserEndpoint _endpoint;
    private string? _dialPath;
    private int _number = 1000;

    internal VhostPort(Port port, RecordingForwarder forwarder, string path, Action turn)
    {
        Port = port;
        Path = path;
        _forwarder = forwarder;
        _turn = turn;
        _listener = UnixSockets.Listen(path, SocketConstants.TypeStream);
        Assert.True(_listener >= 0, $"listen: {_listener}");
        VhostUserEndpoint.Clear(_record);
        _endpoint = MakeEndpoint(connection: -1, slot: -1);
    }

    public Port Port { get; }

    public string Path { get; }

    public IEndpoint Endpoint => _endpoint;

    internal VhostUserEndpoint Vhost => _endpoint;

    internal RecordingForwarder Forwarder => _forwarder;

    /// <summary>Null before <see cref="Plug"/>.</summary>
    public VhostDriver Driver { get; private set; } = null!;

    public DriverOptions Options { get; private set; } = new();

    /// <summary>A front end comes and its guest starts its driver.</summary>
    public VhostDriver Plug(DriverOptions? options = null)
    {
        Options = options ?? Options;
        Driver = VhostDriver.Connect(Path, _turn, Options);
        Turn(2);
        Assert.True(Port.IsUp, "no carrier");
        return Driver;
    }

    /// <summary>A front end comes and has said nothing yet.</summary>
    public VhostDriver Dial(DriverOptions? options = null)
    {
        Options = options ?? Options;
        Driver = new VhostDriver(VhostChannel.Connect(Path, _turn), Options);
        return Driver;
    }

    /// <summary>A front end that came in some other way.</summary>
    public void Use(VhostDriver driver) => Driver = driver;

    /// <summary>Instead of listening, the endpoint looks for a front end that does.</summary>
    public void DialTo(string path)
    {
        _dialPath = path;
        _endpoint.Dispose();
        _endpoint = MakeEndpoint(connection: -1, slot: -1);
    }

    /// <summary>A turn of somebody who waits for a deadline of the lane.</summary>
    public void PatientTurn()
    {
        Thread.Sleep(1);
        _turn();
    }

    /// <summary>The front end goes, and the endpoint has seen it.</summary>
    public void Unplug()
    {
        Driver.Dispose();
        Eventually.True(() =>
        {
            Turn();
            return !Port.IsUp && Vhost.Connection < 0;
        });
    }

    public void Replug(DriverOptions? options = null)
    {
        Unplug();
        Plug(options);
    }

    public void Turn(int times = 1)
    {
        for (int i = 0; i < times; i++)
        {
            _turn();
        }
    }

    public void Deliver(byte[] frame, Offload offload = default, int runs = 1)
    {
        using LentFrames frames = new();
        Port.Deliver(frames.Add(frame, offload, runs).Frames);
    }

    public ulong[] Drops() => new ReadOnlySpan<ulong>(Port.Counters->Drops, (int)DropReason.Count).ToArray();

    public ulong Drops(DropReason reason) => Port.Counters->Drops[(int)reason];

    /// <summary>Frames go both ways, whole and unchanged.</summary>
    public void AssertCarriesFrames(int length = 300)
    {
        for (int i = 0; i < 3; i++)
        {
            byte[] frame = EndpointContract.Frame(_number++, length + i);
            int before = _forwarder.Frames.Count;
            Assert.True(Driver.Transmit[0].Send(frame), "the transmit ring is full");
            Eventually.True(() => Turned()._forwarder.Frames.Count > before, "a frame out of the guest");
            Assert.Equal(frame, Assert.Single(_forwarder.Frames.Skip(before)));
            Deliver(frame);
            ReceivedFrame? got = null;
            Eventually.True(() => (got = Turned().Driver.TakeFrame()) is not null, "a frame into the guest");
            Assert.Equal(frame, got!.Bytes);
        }
    }

    /// <summary>A life ends without a word; the next begins with what was kept.</summary>
    public void TakeOver()
    {
        (int connection, int slot) = (_endpoint.Connection, _endpoint.ConnectionSlot);
        _endpoint.Dispose();
        _endpoint = MakeEndpoint(connection, slot);
    }

    public void Dispose()
    {
        Driver?.Dispose();
        _owner.Dispose();
        FileCalls.Close(_listener);
        NativeMemory.Free(_record);
    }

    /// <summary>The one place that knows how an endpoint is made.</summary>
    private VhostUserEndpoint MakeEndpoint(int connection, int slot)
    {
        VhostPlug plug = new()
        {
            Record = _record,
            Mac = new MacAddress(0x5254_0000_0001),
            Listener = _dialPath is null ? _listener : -1,
            Path = _dialPath ?? Path,
            Dials = _dialPath is not null,
            Pairs = 8,
            ListenerSlot = -1,
            Connection = connection,
            ConnectionSlot = slot,
        };
        VhostUserEndpoint endpoint = new(Port, in plug, _owner);
        Port.Attach(endpoint);
        Assert.Equal(0, endpoint.Start());
        return endpoint;
    }

    private VhostPort Turned()
    {
        Turn();
        return this;
    }
}
