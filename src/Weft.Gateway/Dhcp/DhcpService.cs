using Weft.Engine;
using Weft.Gateway.Names;
using Weft.Wire;

namespace Weft.Gateway.Dhcp;

/// <summary>The DHCP of one network on its lane: server, store and the ACKs that wait for the journal, put together.</summary>
internal sealed class DhcpService
{
    private readonly LeaseStore _leases;
    private readonly DhcpServer _server;
    private readonly DhcpCommits _commits;
    private readonly LeaseJournal _journal;

    public DhcpService(DhcpScope scope, DhcpTables tables, LeaseJournal journal)
    {
        _leases = new LeaseStore(scope, tables.Nics, tables.Slots);
        _server = new DhcpServer(_leases, tables.Nics, tables.Names);
        _commits = new DhcpCommits(journal);
        _journal = journal;
    }

    public LeaseStore Leases => _leases;

    /// <summary>Requests that found no address.</summary>
    public ulong Exhausted => _server.Exhausted;

    /// <summary>Takes in one message. With <see cref="DhcpOutcome.Send"/> the payload in <paramref name="to"/> goes out now;
    /// one that waits for the journal was kept, and comes from <see cref="TryTakeCommitted"/>.</summary>
    /// <param name="to">Room for <see cref="DhcpReply.MaxSize"/> bytes.</param>
    public DhcpReply Handle(in DhcpRequest request, Span<byte> to)
    {
        if (_commits.IsFull)
        {
            return DhcpReply.Dropped(DropReason.RateLimited);
        }
        DhcpReply reply = _server.Handle(in request, to);
        _commits.Add(in reply, to[..reply.Length]);
        return reply;
    }

    /// <summary>The next ACK to send; call until false after the journal called back.</summary>
    public bool TryTakeCommitted(out DhcpReply reply, out ReadOnlySpan<byte> payload) => _commits.TryTake(out reply, out payload);

    /// <summary>Takes over the leases of a predecessor from the shared memory, then those that only the journal knows.</summary>
    public void Restore(LeaseTime now)
    {
        _leases.RestoreFromMirror(now);
        foreach (LeaseChange change in _journal.Recovered)
        {
            if (change.Network == _leases.Scope.Network)
            {
                Restore(change, now);
            }
        }
        _server.RenewNames(now.Micros);
    }

    /// <summary>The network's record changed.</summary>
    public void Change(DhcpScope scope) => _leases.Scope = scope;

    /// <summary>NICs came, went or changed: their names are given anew.</summary>
    public void NicsChanged(long now) => _server.RenewNames(now);

    /// <summary>The network goes away: its leases are forgotten, on the disk too.</summary>
    public void End()
    {
        foreach (Lease lease in _leases.All)
        {
            _journal.Append(new LeaseChange { Network = _leases.Scope.Network, Address = lease.Address, IsEnd = true });
        }
        _leases.Clear();
    }

    private void Restore(LeaseChange change, LeaseTime now)
    {
        long left = Math.Clamp(change.Expires - now.UnixSeconds, 0, _leases.Scope.LeaseSeconds);
        var lease = new Lease(change.Address)
        {
            Mac = change.Mac,
            Client = change.Client,
            HostName = change.HostName,
            State = left > 0 ? LeaseState.Bound : LeaseState.Past,
            Expires = change.Expires,
            Until = now.After((uint)left),
        };
        if (_leases.Restore(lease) && left > 0)
        {
            _leases.Publish(lease);
        }
    }
}
