using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway.Arp;
using Weft.Gateway.Nat;
using Weft.Gateway.Nat.Forwards;
using Weft.Gateway.Nat.Tcp;

namespace Weft.Gateway;

/// <summary>
/// What the gateways of one lane share, and the door by which the worker makes them: flow tables over the shared memory's
/// arrays, and their takeover.
/// </summary>
public sealed unsafe class GatewayLane : IDisposable
{
    private readonly Lane _lane;
    private readonly HostSide _host;
    private readonly TcpTable _tcp;
    private readonly NeighbourMirror _neighbours;

    public GatewayLane(Lane lane, HostSide host, SharedState state)
    {
        _lane = lane;
        _host = host;
        ref WorkerStatus worker = ref state.Worker;
        InitialSequence sequence = new(worker.IsnSecretLow, worker.IsnSecretHigh);
        ulong seed = (ulong)Random.Shared.NextInt64();
        _tcp = new TcpTable(lane, host, state.Array<TcpFlowRecord>(SharedArray.TcpFlows), sequence, seed);
        _neighbours = new NeighbourMirror(state.Array<NeighbourRecord>(SharedArray.Neighbours));
    }

    /// <summary>Arrays of the shared memory that belong to this room.</summary>
    public static IReadOnlyList<(SharedArray Which, int RecordSize, int Capacity)> Arrays { get; } =
    [
        (SharedArray.TcpFlows, sizeof(TcpFlowRecord), 32_768),
        (SharedArray.Neighbours, sizeof(NeighbourRecord), 4096),
    ];

    public int TcpFlows => _tcp.Count;

    /// <summary>A gateway for one network, plugged into <paramref name="port"/> by the caller.</summary>
    public Gateway Create(in NetworkRecord record, IRoom room, Port port) =>
        new(NetworkFacts.From(in record), new GatewayParts(_lane, _host, _tcp, _neighbours) { Room = room }, port);

    /// <summary>The network is gone for good.</summary>
    public void Forget(ulong networkId) => _neighbours.Forget(networkId);

    /// <summary>Serves a forward whose listener is open (and kept).</summary>
    public IDisposable Forward(in ForwardRecord record, Gateway gateway, int listener) =>
        new TcpForward(_lane, _host, gateway, in record, listener);

    /// <summary>Takes over all flows of the predecessor; <paramref name="descriptorOfSlot"/> gives −1 for a slot that the keeper does not hold.
    /// Returns how many were lost.</summary>
    public int Restore(Func<int, int> descriptorOfSlot) => _tcp.RestoreAll(descriptorOfSlot).Lost;

    public void Dispose() => _tcp.Dispose();
}
