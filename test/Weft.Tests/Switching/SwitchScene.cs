using Weft.Engine;
using Weft.Switching;
using Weft.Tests.Engine;
using Weft.Wire;

namespace Weft.Tests.Switching;

/// <summary>A switch on a lane in virtual time, with endpoints in memory.</summary>
internal sealed unsafe class SwitchScene : IDisposable
{
    private readonly List<CounterMemory> _counters = [];

    public SwitchScene()
    {
        Lane = new Lane(new FakeReadiness(), Time);
        Switch = new Switch(Lane, seed: 12345);
    }

    public FakeTimeProvider Time { get; } = new();

    public Lane Lane { get; }

    public Switch Switch { get; }

    public List<Port> Ports { get; } = [];

    public List<FakeEndpoint> Endpoints { get; } = [];

    public static MacAddress Mac(int number) => new(0x5254_0000_0000UL + (uint)number);

    /// <summary>A frame of 60 bytes from one station to another; the last byte is its mark.</summary>
    public static byte[] Frame(MacAddress to, MacAddress from, ushort vlan = 0, byte mark = 0)
    {
        byte[] frame = new byte[60];
        fixed (byte* at = frame)
        {
            EthernetHeader.Write(at, to, from, EtherType.Ipv4, vlan);
        }
        frame[59] = mark;
        return frame;
    }

    public ulong Drops(int port, DropReason reason) => _counters[port][reason];

    public SwitchScene WithPorts(int count, PortRole role = PortRole.Guest, int macLimit = Switch.DefaultMacLimit)
    {
        for (int i = 0; i < count; i++)
        {
            var counters = new CounterMemory();
            _counters.Add(counters);
            Port port = Switch.AddPort(counters.At, role, macLimit);
            var endpoint = new FakeEndpoint();
            port.Attach(endpoint);
            port.SetPlugged(true);
            port.CarrierChanged(true);
            Ports.Add(port);
            Endpoints.Add(endpoint);
        }
        return this;
    }

    /// <summary>Sends the frames in at one port, in one turn.</summary>
    public void Send(int port, params byte[][] frames)
    {
        foreach (byte[] frame in frames)
        {
            Endpoints[port].Queue(frame);
        }
        Ports[port].Ready();
        Lane.Turn(mayWait: false);
        while (Ports[port].IsReady)
        {
            Lane.Turn(mayWait: false);
        }
    }

    /// <summary>Makes station number <paramref name="number"/> known at a port.</summary>
    public void Learn(int port, int number) => Send(port, Frame(MacAddress.Broadcast, Mac(number)));

    public void ClearDelivered()
    {
        foreach (FakeEndpoint endpoint in Endpoints)
        {
            endpoint.Delivered.Clear();
            endpoint.Calls.Clear();
        }
    }

    public byte[] Marks(int port) => [.. Endpoints[port].Delivered.Select(frame => frame.Bytes[59])];

    public void Dispose()
    {
        Switch.Dispose();
        Lane.Dispose();
        _counters.ForEach(counters => counters.Dispose());
    }
}
