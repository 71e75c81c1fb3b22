using System.Net;
using Weft.Daemon.Workers;
using Weft.Engine.State;
using Weft.Model.Planning;

namespace Weft.Daemon.Why;

/// <summary>What the worker's records say about ports and addresses, at one moment.</summary>
internal sealed class WhyFacts
{
    private readonly HashSet<ulong> _carrier = [];
    private readonly Dictionary<(ulong Network, string Mac), IPAddress> _leases = [];
    private readonly Dictionary<(ulong Network, string Mac), IPAddress> _neighbours = [];

    public required Running Running { get; init; }

    public static WhyFacts Read(SharedState state, DataPlane known, long unixSeconds)
    {
        WhyFacts facts = new() { Running = Running.Read(state, known) };
        RecordArray<PortRecord> ports = state.Array<PortRecord>(SharedArray.Ports);
        RecordArray<PortCounters> counters = state.Array<PortCounters>(SharedArray.PortCounters);
        for (int i = 0; i < ports.Capacity; i++)
        {
            if (ports[i].Id != 0 && ports[i].CounterIndex < (uint)counters.Capacity && counters[(int)ports[i].CounterIndex].Carrier != 0)
            {
                facts._carrier.Add(ports[i].Id);
            }
        }
        RecordArray<LeaseRecord> leases = state.Array<LeaseRecord>(SharedArray.Leases);
        for (int i = 0; i < leases.Capacity; i++)
        {
            if (leases[i].NetworkId != 0 && leases[i].Expires > unixSeconds)
            {
                facts._leases[(leases[i].NetworkId, leases[i].Mac.ToString())] = Records.Address(leases[i].Address)!;
            }
        }
        RecordArray<NeighbourRecord> neighbours = state.Array<NeighbourRecord>(SharedArray.Neighbours);
        for (int i = 0; i < neighbours.Capacity; i++)
        {
            if (neighbours[i].NetworkId != 0)
            {
                facts._neighbours[(neighbours[i].NetworkId, neighbours[i].Mac.ToString())] = Records.Address(neighbours[i].Address)!;
            }
        }
        return facts;
    }

    public ulong IdOf(PlanePort port) => Running.Ports[port.Name];

    public PlanePort? Port(string name) => Running.Plane.Ports.FirstOrDefault(p => p.Name == name);

    public PlaneNetwork? Network(string? name) => Running.Plane.Networks.FirstOrDefault(n => n.Name == name);

    /// <summary>The cable is in and a guest is at its end.</summary>
    public bool IsUp(PlanePort port) => _carrier.Contains(IdOf(port));

    /// <summary>The guest's address; null when it is not known.</summary>
    public IPAddress? AddressOf(PlanePort port, out bool isLeased)
    {
        isLeased = false;
        if (port.Network is null || !Running.Networks.TryGetValue(port.Network, out ulong network))
        {
            return null;
        }
        isLeased = _leases.TryGetValue((network, port.Mac), out IPAddress? leased);
        return leased ?? _neighbours.GetValueOrDefault((network, port.Mac));
    }

    /// <summary>The port on that network whose guest has the address; null when nobody is known to.</summary>
    public PlanePort? OwnerOf(string network, IPAddress address) => Running.Plane.Ports.FirstOrDefault(p =>
        p.Network == network && (address.Equals(AddressOf(p, out _)) || address.Equals(p.Reserved)));
}
