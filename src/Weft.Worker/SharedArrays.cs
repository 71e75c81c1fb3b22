using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway;

namespace Weft.Worker;

/// <summary>Capacities of the shared memory. Untouched pages cost nothing, so these are bounds, not budgets.</summary>
internal static unsafe class SharedArrays
{
    public const int Networks = GatewayLane.MostNetworks;
    public const int Ports = 1024;
    public const int Lanes = LanePlan.Most;

    /// <summary>Static names of all networks: 16 networks may have as many as one can.</summary>
    public const int Names = 4096;

    public static (SharedArray Which, int RecordSize, int Capacity)[] For(int lanes) =>
    [
        (SharedArray.Worker, sizeof(WorkerStatus), 1),
        (SharedArray.Networks, sizeof(NetworkRecord), Networks),
        (SharedArray.Ports, sizeof(PortRecord), Ports),
        (SharedArray.PortCounters, sizeof(PortCounters), Ports + Networks),
        (SharedArray.Forwards, sizeof(ForwardRecord), 1024),
        (SharedArray.Receive, sizeof(ReceiveRegion), Ports),
        (SharedArray.Vhost, sizeof(VhostRecord), Ports),
        (SharedArray.Lanes, sizeof(LaneCounters), Lanes),
        (SharedArray.Names, sizeof(NameRecord), Names),
        .. GatewayLane.Arrays(lanes),
    ];

    /// <summary>Counters of a network's gateway port lie behind those of the guests' ports.</summary>
    public static int GatewayCounters(int network) => Ports + network;
}
