using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>A vhost-user port with a guest, and a neighbour of the same kind on the same lane who must not notice anything.</summary>
public sealed unsafe class VhostRig : EndpointRig
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weft-vhost").FullName;
    private readonly PortCounters* _neighbourCounters = (PortCounters*)NativeMemory.AllocZeroed((nuint)sizeof(PortCounters));
    private readonly Port _neighbourPort;
    private VhostPort? _neighbour;

    /// <param name="plugged">With a guest whose driver runs.</param>
    public VhostRig(DriverOptions? options = null, bool plugged = true)
    {
        Main = new VhostPort(Port, Forwarder, Path.Combine(_folder, "main"), Turn);
        _neighbourPort = new Port(Lane, NeighbourForwarder, 1, _neighbourCounters);
        if (plugged)
        {
            Main.Plug(options);
        }
    }

    public VhostPort Main { get; }

    public VhostDriver Driver => Main.Driver;

    /// <summary>Comes when first asked for.</summary>
    public VhostPort Neighbour
    {
        get
        {
            if (_neighbour is null)
            {
                _neighbourPort.SetPlugged(true);
                _neighbour = new VhostPort(_neighbourPort, NeighbourForwarder, Path.Combine(_folder, "neighbour"), Turn);
                _neighbour.Plug();
            }
            return _neighbour;
        }
    }

    public override IEndpoint Endpoint => Main.Endpoint;

    public override int LongFrame => Endpoint.Caps.MaxFrame;

    internal RecordingForwarder NeighbourForwarder { get; } = new();

    public override bool PeerSends(ReadOnlySpan<byte> frame) => Driver.Transmit[0].Send(frame);

    public override byte[]? PeerReceives() => Driver.TakeFrame()?.Bytes;

    public override void PeerGoes() => Driver.Channel.Close();

    public override void TakeOver() => Main.TakeOver();

    public void Turns(int times)
    {
        for (int i = 0; i < times; i++)
        {
            Turn();
        }
    }

    /// <summary>The lane sleeps as it does when nothing is to be done, for a moment.</summary>
    public void Rest()
    {
        ShortSleep sleep = new(Lane);
        Lane.Add(sleep);
        for (int i = 0; i < 3; i++)
        {
            sleep.Begin();
            while (!sleep.IsOver)
            {
                Lane.Turn(mayWait: true);
            }
        }
        Lane.Remove(sleep);
    }

    public override void Dispose()
    {
        if (_neighbour is not null)
        {
            _neighbourPort.Dispose();
            _neighbour.Dispose();
        }
        base.Dispose();
        Main.Dispose();
        NativeMemory.Free(_neighbourCounters);
        Directory.Delete(_folder, recursive: true);
    }
}
