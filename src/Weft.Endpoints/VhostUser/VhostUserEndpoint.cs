using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux.Keeping;

namespace Weft.Endpoints.VhostUser;

/// <summary>
/// Theory. A guest's virtio-net card by vhost-user: its rings and buffers lie in memory that we map, so frames need no
/// system call, and from guest to guest one copy. The way of a frame:
///   out of the guest   VhostUserEndpoint.Receive.cs   chains of the transmit rings are borrowed; Release gives them back
///   into the guest     VhostUserEndpoint.Deliver.cs   copied once, into buffers of a receive ring
///   control            VhostUserEndpoint.Connection.cs   who listens, who dials, messages, hanging up
///                      VhostUserEndpoint.Cable.cs   plugged or not, as the guest sees it
///   the device         VhostDevice: features, memory, rings, by messages
/// Used entries are published only after their frames were delivered, so a kill in between does a burst again, at most, and
/// loses nothing. Everything that changes memory or rings happens between turns.
/// A guest that lies in a descriptor loses that frame. One that lies about a whole ring is disconnected: its front end may
/// come again.
/// </summary>
public sealed unsafe partial class VhostUserEndpoint : IEndpoint, IMemoryQueue, IReadyTarget, IDeadlines
{
    internal const ushort UsualMtu = 1500;

    private const int MaxFrame = 65_550;
    private const int EthernetSize = 14;

    private readonly Port _port;
    private readonly Lane _lane;
    private readonly IVhostOwner _owner;
    private readonly VhostRecord* _record;
    private readonly VhostCard _card;
    private readonly VhostDevice _device;
    private readonly VhostMessage _message = new();
    private readonly VhostPlug _plug;
    private readonly KeptListener _listener;
    private readonly ushort _target;
    private readonly SplitRing[] _transmitting = new SplitRing[VhostDevice.MaxPairs];
    private readonly SplitRing[] _receiving = new SplitRing[VhostDevice.MaxPairs];
    private readonly int[] _watchedLives = new int[VhostRecord.MaxRings];
    private readonly Action _reset;
    private int _transmittingCount;
    private int _receivingCount;
    private int _headerSize;
    private bool _sendsCut;
    private bool _isLying;

    public VhostUserEndpoint(Port port, in VhostPlug plug, IVhostOwner owner)
    {
        _port = port;
        _lane = port.Lane;
        _owner = owner;
        _plug = plug;
        _record = plug.Record;
        _card = new VhostCard(plug.Mac, Math.Clamp(plug.Pairs, 1, VhostDevice.MaxPairs));
        _device = new VhostDevice(plug.Record, owner, _card);
        _reset = ResetAfterLie;
        _listener = new KeptListener(_lane, owner, plug.Listener, plug.ListenerSlot, Take);
        _target = _lane.Register(this);
        _lane.Add((IDeadlines)this);
    }

    public EndpointCaps Caps { get; private set; } = new(MaxFrame, EndpointOffloads.None);

    /// <summary>The open connection; −1 for none.</summary>
    public int Connection => _connection;

    public int ConnectionSlot => _connectionSlot;

    /// <summary>A record for a port that no front end has touched.</summary>
    public static void Clear(VhostRecord* record) => VhostDevice.Clear(record);

    /// <summary>Begins to watch, with the front end of an earlier life when there was one; the endpoint is in its port by now.
    /// 0 or a negated errno.</summary>
    public int Start()
    {
        if (_plug.Connection >= 0)
        {
            TakeOver();
        }
        if (_plug.Listener >= 0)
        {
            return _lane.Readiness.Watch(_plug.Listener, new ReadyToken(_target, 0, ListenerIndex), Engine.Ready.Read);
        }
        if (_connection < 0)
        {
            _nextDeadline = _lane.Now;
        }
        return 0;
    }

    public void OnReady(ReadyToken token, Ready what)
    {
        switch (token.Index)
        {
            case ListenerIndex:
                _listener.Accept();
                break;
            case ConnectionIndex:
                if (token.Generation == _generation && _connection >= 0)
                {
                    Converse();
                }
                break;
            default:
                Kicked((int)(token.Index - FirstKickIndex));
                break;
        }
    }

    /// <summary>After <see cref="Dispose"/>: ends the connection and everything that came over it.</summary>
    public void EndAll()
    {
        _device.Forget();
        if (_connection >= 0)
        {
            int connection = _connection;
            _connection = -1;
            _owner.End(connection, _connectionSlot);
        }
    }

    /// <summary>Leaves the lane. Descriptors stay open: their owner ends them with <see cref="EndAll"/>, or the next worker uses them.</summary>
    public void Dispose()
    {
        _isOver = true;
        _listener.Close();
        _lane.Remove((IDeadlines)this);
        if (_plug.Listener >= 0)
        {
            _lane.Readiness.Unwatch(_plug.Listener);
        }
        if (_connection >= 0)
        {
            _lane.Readiness.Unwatch(_connection);
        }
        for (int i = 0; i < VhostRecord.MaxRings; i++)
        {
            if (_device.KickOf(i) >= 0)
            {
                _lane.Readiness.Unwatch(_device.KickOf(i));
            }
        }
        _lane.Unregister(_target);
        _device.Dispose();
        _message.Dispose();
    }

    /// <summary>An even ring number is one that the guest receives by (virtio 1.2 §5.1.2). Who waits for room waits for buffers there.</summary>
    private void Kicked(int ring)
    {
        if ((ring & 1) == 1)
        {
            _port.Ready();
        }
        else
        {
            HasRoomAgain();
        }
    }

    /// <summary>The device has changed: which rings run, what the guest takes, whether there is carrier, which kicks to hear.</summary>
    private void Refresh()
    {
        _transmittingCount = _receivingCount = 0;
        for (int pair = 0; pair < VhostDevice.MaxPairs; pair++)
        {
            SplitRing receives = _device.Ring(2 * pair);
            SplitRing transmits = _device.Ring(2 * pair + 1);
            if (receives.IsRunning)
            {
                _receiving[_receivingCount++] = receives;
            }
            if (transmits.IsRunning)
            {
                _transmitting[_transmittingCount++] = transmits;
            }
        }
        _headerSize = _device.HeaderSize;
        _port.Counters->BuffersMost = _receivingCount == 0 ? 0 : (ulong)_receiving[0].Size;
        Caps = new EndpointCaps(MaxFrame, OffloadsOf(_device.Features));
        _sendsCut = (_device.Features & VirtioFeatures.HostTso4) == 0;
        _takesChecksums = (Caps.Offloads & EndpointOffloads.Checksum) != 0;
        WatchKicks();
        _port.CarrierChanged(_receivingCount > 0 && _transmittingCount > 0 && _connection >= 0);
        if (_transmittingCount > 0)
        {
            _port.Ready();
        }
        HasRoomAgain();
    }

    private void WatchKicks()
    {
        for (int i = 0; i < VhostRecord.MaxRings; i++)
        {
            if (_watchedLives[i] != _device.KickLife(i))
            {
                _watchedLives[i] = _device.KickLife(i);
                if (_device.KickOf(i) >= 0)
                {
                    _lane.Readiness.Watch(_device.KickOf(i), new ReadyToken(_target, 0, FirstKickIndex + (uint)i), Engine.Ready.Read);
                }
            }
        }
    }

    private static EndpointOffloads OffloadsOf(VirtioFeatures features) =>
        ((features & VirtioFeatures.GuestChecksum) != 0 ? EndpointOffloads.Checksum : EndpointOffloads.None) |
        ((features & VirtioFeatures.GuestTso4) != 0 ? EndpointOffloads.TcpV4Segmentation | EndpointOffloads.Coalesced : EndpointOffloads.None) |
        ((features & VirtioFeatures.GuestTso6) != 0 ? EndpointOffloads.TcpV6Segmentation : EndpointOffloads.None);

    /// <summary>The driver claims what cannot be. Seen in the middle of a turn, while frames are on loan: the end comes after it.</summary>
    private void Lies(int frames)
    {
        _port.Drop(DropReason.BadRing, (ulong)frames);
        if (!_isLying)
        {
            _isLying = true;
            _lane.Post(_reset);
        }
    }

    private void ResetAfterLie()
    {
        if (_isLying && !_isOver)
        {
            HangUp();
        }
    }
}
