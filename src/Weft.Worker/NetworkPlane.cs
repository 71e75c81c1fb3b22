using Weft.Engine;
using Weft.Engine.State;
using Weft.Switching;

namespace Weft.Worker;

/// <summary>One network as it runs, on one lane: a switch, and a gateway when its record asks for one.</summary>
internal sealed unsafe class NetworkPlane : IDisposable
{
    private readonly NetworkRecord* _record;
    private readonly PortCounters* _gatewayCounters;
    private readonly StaticNames _names;
    private Port? _gatewayPort;

    public NetworkPlane(WorkerLane lane, NetworkRecord* record, PortCounters* gatewayCounters, StaticNames names)
    {
        Lane = lane;
        _record = record;
        _gatewayCounters = gatewayCounters;
        _names = names;
        Declared = record->Name.ToString().Split('/')[0];
        Switch = new Switch(lane.Lane, (ulong)Random.Shared.NextInt64());
        Change();
    }

    public NetworkRecord* Record => _record;

    public WorkerLane Lane { get; }

    /// <summary>The network of the topology that this is, or that this router of one NIC belongs to: "nat" of "nat/alpha:1".</summary>
    public string Declared { get; }

    public PollingPolicy Polling => _record->Polling <= PollingPolicy.Power ? _record->Polling : PollingPolicy.Balanced;

    /// <summary>Bytes of an IP packet.</summary>
    public ushort Mtu => _record->Mtu;

    public Switch Switch { get; }

    public Gateway.Gateway? Gateway { get; private set; }

    /// <summary>The switch's port that the gateway is plugged into; null without one.</summary>
    public Port? GatewayPort => _gatewayPort;

    /// <summary>Makes the gateway what the record says: there or not, with its services and policy.</summary>
    public void Change()
    {
        bool wanted = (_record->Flags & (NetworkFlags.Gateway | NetworkFlags.Dhcp)) != 0;
        if (wanted && Gateway is null)
        {
            AddGateway();
        }
        else if (wanted)
        {
            Gateway!.Change(in *_record);
        }
        else
        {
            RemoveGateway();
        }
    }

    public void Dispose()
    {
        RemoveGateway();
        Switch.Dispose();
    }

    private void AddGateway()
    {
        _gatewayPort = Switch.AddPort(_gatewayCounters, PortRole.Gateway);
        Gateway = Lane.Gateways.Create(in *_record, Switch, _gatewayPort);
        _names.GiveTo(Gateway, Declared);
        _gatewayPort.Attach(Gateway);
        _gatewayPort.CarrierChanged(true);
        _gatewayPort.SetPlugged(true);
        Switch.SetRoomListener(Gateway);
    }

    private void RemoveGateway()
    {
        if (_gatewayPort is null)
        {
            return;
        }
        Lane.Gateways.Remove(Gateway!);
        Switch.SetRoomListener(null);
        Switch.Remove(_gatewayPort);
        _gatewayPort.Dispose();
        _gatewayPort = null;
        Gateway = null;
    }
}
