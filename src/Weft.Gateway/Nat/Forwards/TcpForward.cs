using Weft.Engine;
using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Gateway.Nat.Forwards;

/// <summary>
/// Theory. A listener on the host whose connections are called through to a guest. A client keeps its address toward the
/// guest; one on the host's loopback becomes the gateway's, since the guest could not answer 127.0.0.1.
/// Accepts are bounded per event. When no descriptor is left, accepting rests for a while instead of spinning on a
/// listener that stays readable; clients wait in the backlog.
/// </summary>
internal sealed class TcpForward : IReadyTarget, IDeadlines, IDisposable
{
    private const int AcceptsPerEvent = 64;
    private const int Again = -11;
    private const int TooManyFiles = -24;
    private const long Rest = 100_000;

    private readonly Lane _lane;
    private readonly HostSide _host;
    private readonly IGuestCalls _guests;
    private readonly ForwardRecord _record;
    private readonly int _listener;
    private readonly ushort _target;

    public TcpForward(Lane lane, HostSide host, IGuestCalls guests, in ForwardRecord record, int listener)
    {
        _lane = lane;
        _host = host;
        _guests = guests;
        _record = record;
        _listener = listener;
        _target = lane.Register(this);
        lane.Add((IDeadlines)this);
        lane.Readiness.Watch(listener, new ReadyToken(_target, 0, 0), Ready.Read);
    }

    public long NextDeadline { get; private set; } = long.MaxValue;

    public void OnReady(ReadyToken token, Ready what) => Accept();

    public void OnDeadline(long now)
    {
        NextDeadline = long.MaxValue;
        Accept();
    }

    public void Dispose()
    {
        _lane.Unregister(_target);
        _lane.Remove((IDeadlines)this);
        _host.Kept.End(_listener, _record.ListenerSlot, abort: true);
    }

    private void Accept()
    {
        for (int i = 0; i < AcceptsPerEvent; i++)
        {
            HostEnd client = default;
            int socket = _host.Keeper.IsFull ? TooManyFiles : _host.Sockets.Accept(_listener, out client);
            if (socket == Again)
            {
                return;
            }
            if (socket < 0)
            {
                _guests.Refused(DropReason.DescriptorLimit);
                NextDeadline = _lane.Now + Rest;
                return;
            }
            Call(socket, client);
        }
        NextDeadline = _lane.Now;
    }

    private void Call(int socket, HostEnd client)
    {
        IpAddress guest = _record.Target;
        if (guest.IsNone && !_guests.TryAddressOf(_record.TargetGuest.ToString(), out guest))
        {
            _guests.Refused(DropReason.NoRoute);
            _host.Kept.End(socket, -1, abort: true);
            return;
        }
        _guests.Call(socket, client, new HostEnd(guest, _record.TargetPort));
    }
}
