using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway.Nat;
using Weft.Gateway.Nat.Forwards;
using Weft.Gateway.Nat.Tcp;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>A forward of the host's port 8080 to the guest's port 80, as GatewayLane serves and restores it.</summary>
internal sealed unsafe partial class TcpBench
{
    private static readonly HostEnd ForwardAt = new(IpAddress.FromV4(0), 8080);

    private ForwardRecord? _forwardRecord;
    private TcpForward? _forward;

    /// <summary>Clients of the forward that a successor called the guest for.</summary>
    public int TakenUp { get; private set; }

    /// <summary>Clients that could not be passed on.</summary>
    public int Refused { get; private set; }

    public void OpenForward()
    {
        int listener = Host.Sockets.Listen(ForwardAt, udp: false);
        var record = new ForwardRecord { ListenPort = ForwardAt.Port, Listen = ForwardAt.Address, Target = GuestAddress, TargetPort = 80, ListenerSlot = Host.Keeper.Add(listener) };
        Assert.True(Host.Keeper.Flush());
        _forwardRecord = record;
        _forward = new TcpForward(Lane, _side, this, in record, listener);
    }

    /// <summary>No fault hits what ends it.</summary>
    public void CloseForward()
    {
        Host.Seam.Disarm();
        _forwardRecord = null;
        _forward?.Dispose();
        _forward = null;
    }

    /// <summary>Somebody outside connects to the forward.</summary>
    public void Call(HostEnd client, TcpPeer peer) =>
        Assert.NotNull(World.Dial(client, ForwardAt with { Address = World.HostAddress }, peer));

    bool IGuestCalls.TryAddressOf(string guest, out IpAddress address)
    {
        address = default;
        return false;
    }

    void IGuestCalls.Call(int socket, int slot, HostEnd client, HostEnd guest) => Translator.Call(socket, slot, client, guest);

    void IGuestCalls.Refused(DropReason reason) => Refused++;

    private void RestoreForward(int[] handed)
    {
        if (_forwardRecord is { } record)
        {
            _forward = new TcpForward(Lane, _side, this, in record, handed[record.ListenerSlot]);
            handed[record.ListenerSlot] = -1;
        }
    }

    private void TakeUnclaimed(int socket, int slot)
    {
        if (_forward is not null && TcpTranslator.IsUntouched(_side.Sockets, socket) && _forward.TryTakeUp(socket, slot))
        {
            TakenUp++;
            return;
        }
        Orphans++;
        TcpTranslator.EndOrphan(_side, socket, slot);
    }
}
