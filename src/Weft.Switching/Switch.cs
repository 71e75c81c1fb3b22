using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Switching;

/// <summary>
/// Theory. A learning switch (IEEE 802.1Q, independent VLAN learning), on one lane. A burst that came in at one port meets:
///   1. Switch.Learning.cs   is the source sound, and where does it hang? Learn, move or drop
///   2. here                 where does the destination hang? One port, all ports, or a drop; noted per frame
///   3. Switch.Delivery.cs   frames grouped by destination, in their order, one delivery per port; a flood lends the same
///                           frames to every port that is up
/// The decision is generic over the trace, so that "why" is this code and nothing like it.
/// Nothing is kept: frames are borrowed from the burst until this returns.
/// </summary>
public sealed unsafe partial class Switch : IForwarder, IRoom, IDisposable
{
    public const int MaxPorts = 4096;
    public const int DefaultMacLimit = 64;

    private const ulong DefaultSeed = 0x9e37_79b9_7f4a_7c15UL;
    /// <summary>Places for ports at first; they double when they are taken. Most networks have few.</summary>
    private const int FirstPorts = 8;
    private const int SweptAtOnce = 64;
    private const long SweepInterval = 10_000;

    /// <summary>No header that decides is longer: addresses, two tags, type.</summary>
    private const int DoubleTaggedHeader = EthernetView.Size + EthernetView.MaxTags * EthernetView.TagSize;

    /// <summary>Verdicts that are no port.</summary>
    private const ushort ToAll = 0xfffe;
    private const ushort ToNobody = 0xffff;

    private readonly Lane _lane;
    private readonly MacTable _macs;
    private Station[] _stations = new Station[FirstPorts];
    private readonly ushort* _verdicts = (ushort*)NativeMemory.AllocZeroed(Burst.Capacity, sizeof(ushort));
    private readonly FrameRef* _group = (FrameRef*)NativeMemory.AllocZeroed(Burst.Capacity, (nuint)sizeof(FrameRef));
    private IRoomListener? _roomListener;
    private int _portsEnd;
    private long _sweepAt;
    private ulong _burstNumber;
    private bool _isDisposed;

    /// <param name="seed">Random: keeps guests from choosing addresses that collide in the table.</param>
    public Switch(Lane lane, ulong seed = DefaultSeed)
    {
        _lane = lane;
        _macs = new MacTable(FirstPorts, seed);
    }

    /// <summary>Learned addresses, those that are too old and not yet swept included.</summary>
    public int MacCount => _macs.Count;

    /// <summary>Makes a port. Who plugs an endpoint in calls <see cref="Port.Attach"/> and <see cref="Port.SetPlugged"/>.</summary>
    /// <param name="counters">In the shared memory.</param>
    /// <param name="macLimit">Addresses that a guest port may own.</param>
    /// <exception cref="InvalidOperationException">All <see cref="MaxPorts"/> are in use.</exception>
    public Port AddPort(PortCounters* counters, PortRole role = PortRole.Guest, int macLimit = DefaultMacLimit)
    {
        var port = new Port(_lane, this, 0, counters);
        Add(port, role, macLimit);
        return port;
    }

    /// <summary>Takes in a port that was in no switch, with what is plugged into it.</summary>
    /// <exception cref="InvalidOperationException">All <see cref="MaxPorts"/> are in use.</exception>
    public void Add(Port port, PortRole role = PortRole.Guest, int macLimit = DefaultMacLimit)
    {
        int index = Array.FindIndex(_stations, station => station.Port is null);
        if (index < 0)
        {
            index = _stations.Length;
            Grow();
        }
        port.MoveTo(this, (ushort)index);
        _stations[index] = new Station { Port = port, Role = role, MacLimit = role == PortRole.Guest ? macLimit : UplinkMacLimit };
        _portsEnd = Math.Max(_portsEnd, index + 1);
    }

    /// <summary>Takes the port out of the switch; the caller disposes it.</summary>
    public void Remove(Port port)
    {
        Forget(port);
        _stations[port.Index] = default;
        while (_portsEnd > 0 && _stations[_portsEnd - 1].Port is null)
        {
            _portsEnd--;
        }
    }

    /// <summary>Forgets every address that hangs on <paramref name="port"/>.</summary>
    public void Forget(Port port) => _macs.Forget(port.Index);

    public void PortChanged(Port port)
    {
        if (!port.IsUp)
        {
            Forget(port);
        }
    }

    /// <summary>Who is told when any port has room again (the gateway); null for nobody.</summary>
    public void SetRoomListener(IRoomListener? listener) => _roomListener = listener;

    public void RoomAgain(Port port) => _roomListener?.RoomAgain();

    public int RoomToward(MacAddress mac, ushort vlan) => RoomToward(new MacKey(vlan, mac));

    public ulong TagOf(MacAddress mac, ushort vlan)
    {
        int owner = _macs.PortOf(new MacKey(vlan, mac), _lane.Now);
        return owner < 0 ? 0 : _stations[owner].Port!.Tag;
    }

    public int RoomToward(MacKey key)
    {
        int owner = _macs.PortOf(key, _lane.Now);
        return owner < 0 ? Port.Plenty : _stations[owner].Port!.Room;
    }

    public void Forward(Port from, Burst burst)
    {
        var trace = default(NoTrace);
        Forward(from, burst, ref trace);
    }

    /// <summary>Decides about a frame as if it came in at <paramref name="from"/>: to one port, which is returned, to all, or dropped
    /// (see <paramref name="trace"/>).</summary>
    public Port? Ask<TTrace>(Port from, in FrameRef frame, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        System.Diagnostics.Debug.Assert(TTrace.IsOn, "a question needs a trace that is on");
        ushort verdict = Decide(from, in frame, ref trace);
        return verdict < MaxPorts ? _stations[verdict].Port : null;
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }
        _isDisposed = true;
        _macs.Dispose();
        NativeMemory.Free(_verdicts);
        NativeMemory.Free(_group);
    }

    internal void Forward<TTrace>(Port from, Burst burst, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        if (_lane.Now >= _sweepAt)
        {
            _sweepAt = _lane.Now + SweepInterval;
            _macs.Sweep(_lane.Now, SweptAtOnce);
        }
        Span<FrameRef> frames = burst.Frames;
        Vector128<byte> before = default;
        ushort verdict = ToNobody;
        for (int i = 0; i < frames.Length; i++)
        {
            // Most frames have the stations of the one before: the answer is the same, and the table has not changed.
            bool isLong = frames[i].HeadLength >= DoubleTaggedHeader;
            Vector128<byte> stations = isLong ? Vector128.Load(frames[i].Head) : default;
            if (TTrace.IsOn || !isLong || stations != before || verdict == ToNobody)
            {
                verdict = Decide(from, in frames[i], ref trace);
                before = stations;
            }
            _verdicts[i] = verdict;
        }
        Deliver(from, burst);
    }

    private void Grow()
    {
        if (_stations.Length == MaxPorts)
        {
            throw new InvalidOperationException($"a switch has at most {MaxPorts} ports");
        }
        Array.Resize(ref _stations, 2 * _stations.Length);
        _macs.TakePorts(_stations.Length);
    }

    private ushort Decide<TTrace>(Port from, in FrameRef frame, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        if (!TryReadKeys(in frame, out MacKey source, out MacKey destination))
        {
            return Drop(from, in frame, DropReason.Truncated, ref trace);
        }
        DropReason refused = Learn(from, source, ref trace);
        if (refused != DropReason.None)
        {
            return Drop(from, in frame, refused, ref trace);
        }
        int owner = destination.Mac.IsGroup ? -1 : TTrace.IsOn ? AskOwner(from, source, destination) : _macs.PortOf(destination, _lane.Now);
        if (owner == from.Index)
        {
            return Drop(from, in frame, DropReason.SamePort, ref trace);
        }
        if (owner < 0)
        {
            if (TTrace.IsOn)
            {
                trace.Flooded(UpPortsBut(from));
            }
            return ToAll;
        }
        trace.Forwarded((ushort)owner);
        return (ushort)owner;
    }

    /// <summary>Who asks has not been learned: a frame would have been.</summary>
    private int AskOwner(Port from, MacKey source, MacKey destination) =>
        destination == source ? from.Index : _macs.PeekPortOf(destination, _lane.Now);

    private static ushort Drop<TTrace>(Port from, in FrameRef frame, DropReason reason, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        if (!TTrace.IsOn)
        {
            from.Drop(reason, in frame);
        }
        trace.Dropped(reason);
        return ToNobody;
    }

    /// <summary>False for runts and for tags cut short.</summary>
    private static bool TryReadKeys(in FrameRef frame, out MacKey source, out MacKey destination)
    {
        bool isWhole = EthernetView.TryParse(new ReadOnlySpan<byte>(frame.Head, frame.HeadLength), out EthernetView ethernet);
        source = isWhole ? new MacKey(ethernet.Vlan, ethernet.Source) : default;
        destination = isWhole ? new MacKey(ethernet.Vlan, ethernet.Destination) : default;
        return isWhole;
    }
}
