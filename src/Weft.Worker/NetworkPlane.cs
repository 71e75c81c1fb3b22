using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway;
using Weft.Switching;

namespace Weft.Worker;

/// <summary>One network as it runs: a switch, and a gateway when its record asks for one.</summary>
internal sealed unsafe class NetworkPlane : IDisposable
{
    private readonly NetworkRecord* _record;
    private readonly Port? _gatewayPort;

    public NetworkPlane(Lane lane, GatewayLane gateways, NetworkRecord* record, PortCounters* gatewayCounters)
    {
        _record = record;
        Switch = new Switch(lane, (ulong)Random.Shared.NextInt64());
        if ((record->Flags & (NetworkFlags.Gateway | NetworkFlags.Dhcp)) == 0)
        {
            return;
        }
        _gatewayPort = Switch.AddPort(gatewayCounters, PortRole.Gateway);
        Gateway = gateways.Create(in *record, Switch, _gatewayPort);
        _gatewayPort.Attach(Gateway);
        _gatewayPort.CarrierChanged(true);
        _gatewayPort.SetPlugged(true);
        Switch.SetRoomListener(Gateway);
    }

    public ulong Id => _record->Id;

    public Switch Switch { get; }

    public Gateway.Gateway? Gateway { get; }

    public void Dispose()
    {
        if (_gatewayPort is not null)
        {
            Switch.SetRoomListener(null);
            Switch.Remove(_gatewayPort);
            _gatewayPort.Dispose();
        }
        Switch.Dispose();
    }
}
