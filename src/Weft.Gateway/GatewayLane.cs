using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway.Arp;
using Weft.Gateway.Dhcp;
using Weft.Gateway.Dns;
using Weft.Gateway.Nat;
using Weft.Gateway.Nat.Forwards;
using Weft.Gateway.Nat.Ping;
using Weft.Gateway.Nat.Tcp;
using Weft.Gateway.Nat.Udp;

namespace Weft.Gateway;

/// <summary>
/// What the gateways of one lane share, and the door by which the worker makes them: flow tables over this lane's part of the
/// shared memory's arrays, the host's resolvers, and the takeover of all flows.
/// </summary>
public sealed unsafe class GatewayLane : ITurnEnd, IDisposable
{
    /// <summary>Networks that one worker may have; a bound, not a budget.</summary>
    public const int MostNetworks = 4096;

    private readonly GatewayParts _parts;
    private readonly GatewayCommons _commons;
    private readonly Action _applyResolvers;
    private readonly Action _sendCommitted;
    private readonly List<Gateway> _gateways = [];
    private readonly List<TcpForward> _tcpForwards = [];
    private string _resolvConf = "";
    private IReadOnlyList<HostEnd> _resolvers = [];

    /// <summary>What the host names, ourselves among them: only a network or forward that is one of these makes a difference.</summary>
    private IReadOnlyList<HostEnd> _named = [];

    /// <param name="number">This lane among the worker's, from 0 on; there are as many as the shared memory was made for.</param>
    public GatewayLane(Lane lane, int number, HostSide host, SharedState state, GatewayCommons commons)
    {
        ref WorkerStatus worker = ref state.Worker;
        InitialSequence sequence = new(worker.IsnSecretLow, worker.IsnSecretHigh);
        _commons = commons;
        _applyResolvers = ApplyResolvers;
        _sendCommitted = SendCommitted;
        _parts = new GatewayParts(lane, host)
        {
            Tcp = new TcpTable(lane, host, Part<TcpFlowRecord>(state, SharedArray.TcpFlows, number), sequence, Seed()),
            Udp = new UdpTable(lane, host, Part<UdpSocketRecord>(state, SharedArray.UdpSockets, number),
                Part<UdpFlowRecord>(state, SharedArray.UdpFlows, number), Seed()),
            Ping = new PingTable(lane, host, Part<PingFlowRecord>(state, SharedArray.PingFlows, number), Seed()),
            LeaseSlots = commons.LeaseSlots,
            Journal = commons.Journal,
            Neighbours = new NeighbourMirror(Part<NeighbourRecord>(state, SharedArray.Neighbours, number)),
        };
        commons.Add(this);
    }

    /// <summary>Arrays of the shared memory that belong to this room; flows and neighbours in one part for each lane.</summary>
    public static IReadOnlyList<(SharedArray Which, int RecordSize, int Capacity)> Arrays(int lanes) =>
    [
        (SharedArray.TcpFlows, sizeof(TcpFlowRecord), 32_768 * lanes),
        (SharedArray.UdpSockets, sizeof(UdpSocketRecord), 16_384 * lanes),
        (SharedArray.UdpFlows, sizeof(UdpFlowRecord), 65_536 * lanes),
        (SharedArray.PingFlows, sizeof(PingFlowRecord), 4096 * lanes),
        (SharedArray.Leases, sizeof(LeaseRecord), 8192),
        (SharedArray.Neighbours, sizeof(NeighbourRecord), 4096 * lanes),
    ];

    public int TcpFlows => _parts.Tcp.Count;

    public int UdpFlows => _parts.Udp.FlowCount;

    public int PingFlows => _parts.Ping.Count;

    /// <summary>A gateway for one network, plugged into <paramref name="port"/> by the caller, who disposes it.</summary>
    /// <param name="room">The network's switch, asked before a socket is read.</param>
    public Gateway Create(in NetworkRecord record, IRoom room, Port port)
    {
        Gateway gateway = new(in record, _parts, room, port);
        if (_gateways.Count == 0)
        {
            _parts.Lane.Add(this);
        }
        _gateways.Add(gateway);
        _commons.Add(this, gateway);
        gateway.SetResolvers(_resolvers);
        return gateway;
    }

    /// <summary>The network is gone for good: leases and neighbours are forgotten.</summary>
    public void Forget(Gateway? gateway, ulong networkId)
    {
        gateway?.EndLeases();
        _parts.Neighbours.Forget(networkId);
    }

    /// <summary>The gateway is about to be disposed.</summary>
    public void Remove(Gateway gateway)
    {
        _gateways.Remove(gateway);
        if (_gateways.Count == 0)
        {
            _parts.Lane.Remove(this);
        }
        _commons.Remove(this, gateway);
    }

    /// <summary>The keeper may have caught up in this turn. One look for all gateways: mostly none waits.</summary>
    public void OnTurnEnd()
    {
        if (!_parts.Tcp.HasWaitingForKeeper || !_parts.Host.Keeper.AllKept)
        {
            return;
        }
        _parts.Tcp.HasWaitingForKeeper = false;
        foreach (Gateway gateway in _gateways)
        {
            gateway.KeeperHasAll();
        }
    }

    /// <summary>Opens a forward's end on the host, keeps it and serves it; 0 or a negative errno. The record's slot is filled.</summary>
    public int OpenForward(ref ForwardRecord record, ulong id, Gateway gateway, out IDisposable? forward)
    {
        forward = null;
        HostEnd listen = new(record.Listen, record.ListenPort);
        if (record.Protocol == Wire.IpProtocol.Udp)
        {
            int result = gateway.OpenUdpForward(id, in record, listen, out record.ListenerSlot, out forward);
            forward = forward is null ? null : Listening(listen, forward);
            return result;
        }
        int listener = _parts.Host.Sockets.Listen(listen, udp: false);
        if (listener < 0)
        {
            return listener;
        }
        record.ListenerSlot = _parts.Host.Keeper.Add(listener);
        forward = Serving(listen, new TcpForward(_parts.Lane, _parts.Host, gateway, in record, listener));
        return 0;
    }

    /// <summary>Serves a forward of the predecessor again; null when its listener was not kept.</summary>
    public IDisposable? RestoreForward(in ForwardRecord record, Gateway gateway, Func<int, int> descriptorOfSlot)
    {
        HostEnd listen = new(record.Listen, record.ListenPort);
        if (record.Protocol == Wire.IpProtocol.Udp)
        {
            return Listening(listen, gateway.RestoreUdpForward(in record));
        }
        int listener = record.ListenerSlot < 0 ? -1 : descriptorOfSlot(record.ListenerSlot);
        return listener < 0 ? null : Serving(listen, new TcpForward(_parts.Lane, _parts.Host, gateway, in record, listener));
    }

    /// <summary>Takes over all flows of the predecessor; <paramref name="descriptorOfSlot"/> gives −1 for a slot that the keeper does not hold.
    /// Returns how many were lost.</summary>
    public int Restore(Func<int, int> descriptorOfSlot) =>
        _parts.Tcp.RestoreAll(descriptorOfSlot).Lost + _parts.Udp.Restore(descriptorOfSlot) + _parts.Ping.Restore(descriptorOfSlot);

    /// <summary>A kept socket that no record claims: the predecessor was killed between record and socket. A client that was
    /// accepted and not taken up is called through now; false when it is none of this lane's.</summary>
    public bool TryTakeUp(int socket, int slot) =>
        TcpTranslator.IsUntouched(_parts.Host.Sockets, socket) && _tcpForwards.Exists(forward => forward.TryTakeUp(socket, slot));

    /// <summary>Ends a kept socket that nobody takes up. One that had said FIN goes on ending by itself; any other is reset, since
    /// a FIN now would make a cut transfer look whole.</summary>
    public void EndUnclaimed(int socket, int slot) => TcpTranslator.EndOrphan(_parts.Host, socket, slot);

    /// <summary>What is wrong with the host's resolvers, in a sentence each.</summary>
    public IReadOnlyList<string> ResolverProblems { get; private set; } = [];

    /// <summary>What keeps leases from the disk now; null for nothing.</summary>
    public string? LeaseProblem => _parts.Journal.Problem;

    /// <summary>The host's resolv.conf says this from now on.</summary>
    public void SetResolvers(string resolvConf)
    {
        _resolvConf = resolvConf;
        _named = ResolvConf.Parse(resolvConf, _ => false).Servers;
        ApplyResolvers();
    }

    public void Dispose()
    {
        _parts.Tcp.Dispose();
        _parts.Udp.Dispose();
        _parts.Ping.Dispose();
    }

    /// <summary>From the journal's thread.</summary>
    internal void LeasesCommitted() => _parts.Lane.Post(_sendCommitted);

    /// <summary>Something that <paramref name="answers"/> at a host end has come or gone, on whatever lane.</summary>
    internal void DoorChanged(Func<HostEnd, bool> answers, bool byItself)
    {
        if (!_named.Any(answers))
        {
            return;
        }
        if (byItself)
        {
            ApplyResolvers();
        }
        else
        {
            _parts.Lane.Post(_applyResolvers);
        }
    }

    private static ulong Seed() => (ulong)Random.Shared.NextInt64();

    /// <summary>Networks and forwards that come and go may make a resolver of the host's ourselves: that is asked anew then.</summary>
    private void ApplyResolvers()
    {
        ResolvConf conf = ResolvConf.Parse(_resolvConf, _commons.IsOurselves);
        ResolverProblems = conf.Problems.SequenceEqual(ResolverProblems) ? ResolverProblems : conf.Problems;
        if (conf.Servers.SequenceEqual(_resolvers))
        {
            return;
        }
        _resolvers = conf.Servers;
        foreach (Gateway gateway in _gateways)
        {
            gateway.SetResolvers(_resolvers);
        }
    }

    private static RecordArray<T> Part<T>(SharedState state, SharedArray which, int number)
        where T : unmanaged => state.Array<T>(which).Part(number, (int)state.Worker.Lanes);

    private IDisposable Listening(HostEnd at, IDisposable forward)
    {
        _commons.Add(this, at);
        return new Listener(() => _commons.Remove(this, at), forward);
    }

    private IDisposable Serving(HostEnd at, TcpForward forward)
    {
        _tcpForwards.Add(forward);
        return new Listener(() => _tcpForwards.Remove(forward), Listening(at, forward));
    }

    /// <summary>A forward that the lists above know.</summary>
    private sealed class Listener(Action forget, IDisposable forward) : IDisposable
    {
        public void Dispose()
        {
            forget();
            forward.Dispose();
        }
    }

    private void SendCommitted()
    {
        foreach (Gateway gateway in _gateways)
        {
            gateway.SendCommitted();
        }
    }
}
