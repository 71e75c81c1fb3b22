using System.Diagnostics.CodeAnalysis;
using Weft.Gateway.Names;
using Weft.Wire;

namespace Weft.Gateway.Dhcp;

/// <summary>
/// Theory. The leases of one network, one per address at most and one per client at most, in memory; those that were bound
/// are mirrored in the shared memory (for a successor) and their changes go to the journal (for the next boot).
///   a new client gets   its reserved address; the one it asks for; one never given; the one longest free
///   a port holds        at most <see cref="DhcpScope.MaxPerPort"/> addresses, offers and declined ones counted; at the bound
///                       a NIC that changed its client id (a boot ROM, then an installer) gets its own oldest address again
///   past leases stay    so that a client finds its address again, until another client needs it
/// Which leases may be taken is asked of the clock: nothing has to run when one ends. A search through all of them happens
/// only when the pool was used up once, and then not before the first one can have ended.
/// </summary>
internal sealed class LeaseStore
{
    /// <summary>However large the pool: addresses that are remembered, past ones counted.</summary>
    public const int MaxLeases = 16_384;

    private readonly Dictionary<IpAddress, Lease> _byAddress = [];
    private readonly Dictionary<ulong, Lease> _byClient = [];
    private readonly Dictionary<ulong, List<Lease>> _byPort = [];
    private readonly LeaseMirror _mirror;
    private readonly GuestNics _nics;
    private DhcpScope _scope;
    private int _nicsVersion;
    private uint _nextFresh;
    private long _noneFreeBefore;

    public LeaseStore(DhcpScope scope, GuestNics nics, LeaseSlots slots)
    {
        _scope = scope;
        _nics = nics;
        _mirror = new LeaseMirror(slots, scope.NetworkId);
        _nextFresh = scope.First.V4;
    }

    public DhcpScope Scope
    {
        get => _scope;
        set
        {
            _scope = value;
            StartOver();
        }
    }

    public Dictionary<IpAddress, Lease>.ValueCollection All => _byAddress.Values;

    public bool TryFindClient(ulong client, [NotNullWhen(true)] out Lease? lease) => _byClient.TryGetValue(client, out lease);

    public bool TryFindAddress(IpAddress address, [NotNullWhen(true)] out Lease? lease) => _byAddress.TryGetValue(address, out lease);

    /// <summary>Takes in a lease of before: from the shared memory or the journal. False when address or client is taken already.</summary>
    public bool Restore(Lease lease)
    {
        if (_byAddress.ContainsKey(lease.Address) || _byClient.ContainsKey(lease.Client) || !_scope.IsUsable(lease.Address))
        {
            return false;
        }
        _byAddress[lease.Address] = lease;
        _byClient[lease.Client] = lease;
        CountOn(lease.Port, lease);
        return true;
    }

    /// <summary>Takes over what the shared memory holds for this network.</summary>
    public void RestoreFromMirror(LeaseTime now)
    {
        foreach (Lease lease in _mirror.Read(now, _scope.LeaseSeconds))
        {
            if (!Restore(lease))
            {
                _mirror.Erase(lease);
            }
        }
    }

    /// <summary>The address may be this client's: reserved for its NIC, or of the pool and nobody else's by reservation.</summary>
    public bool IsSuitable(IpAddress address, in LeaseClaim claim, long now) => HasReserved(in claim, now)
        ? address == claim.Nic!.Reserved
        : _scope.IsInPool(address) && !_nics.IsReservedForOther(address, claim.Nic);

    /// <summary>Nobody else holds the address now. On an address reserved for it a NIC follows itself, under whatever client id.</summary>
    public bool CanHave(IpAddress address, in LeaseClaim claim, long now)
    {
        if (!_scope.IsUsable(address))
        {
            return false;
        }
        if (!_byAddress.TryGetValue(address, out Lease? lease))
        {
            return _byAddress.Count < MaxLeases;
        }
        bool isOwnReserved = address == claim.Nic?.Reserved && lease.Mac == claim.Mac && lease.State != LeaseState.Declined;
        return isOwnReserved || lease.Client == claim.Client || !lease.IsHeld(now);
    }

    /// <summary>Chooses an address for a client and makes it the client's. Null when there is none for it.</summary>
    /// <param name="wanted">What the client asks for (option 50); none for no wish.</param>
    public Lease? Choose(in LeaseClaim claim, IpAddress wanted, long now)
    {
        if (HasReserved(in claim, now))
        {
            return Take(claim.Nic!.Reserved, in claim);
        }
        if (_byClient.TryGetValue(claim.Client, out Lease? own) && !IsSuitable(own.Address, in claim, now))
        {
            own = null;
        }
        if (IsBoundReached(in claim, own, now))
        {
            own = OldestOfSameNic(in claim);
            return own is null ? null : Take(own.Address, in claim);
        }
        if (own is not null)
        {
            return Take(own.Address, in claim);
        }
        if (!wanted.IsNone && IsSuitable(wanted, in claim, now) && CanHave(wanted, in claim, now))
        {
            return Take(wanted, in claim);
        }
        return TryFindFree(claim.Nic, now, out IpAddress free) ? Take(free, in claim) : null;
    }

    /// <summary>Makes an address the client's; the caller has found that it may. Whoever had it before is forgotten.</summary>
    public Lease Take(IpAddress address, in LeaseClaim claim)
    {
        if (_byClient.TryGetValue(claim.Client, out Lease? other) && other.Address != address)
        {
            Forget(other);
        }
        if (!_byAddress.TryGetValue(address, out Lease? lease))
        {
            lease = new Lease(address);
            _byAddress[address] = lease;
        }
        if (lease.Client != claim.Client)
        {
            _byClient.Remove(lease.Client);
            lease.Client = claim.Client;
            lease.State = LeaseState.Past;
            lease.HostName = "";
            _byClient[claim.Client] = lease;
        }
        lease.Mac = claim.Mac;
        CountOn(claim.Port, lease);
        return lease;
    }

    /// <summary>The port has as many addresses as it may, <paramref name="own"/> not counted.</summary>
    public bool IsBoundReached(in LeaseClaim claim, Lease? own, long now)
    {
        if (claim.Port == 0 || _scope.MaxPerPort == 0 || !_byPort.TryGetValue(claim.Port, out List<Lease>? leases))
        {
            return false;
        }
        ulong port = claim.Port;
        leases.RemoveAll(lease => lease.Port != port || (!lease.IsHeld(now) && lease != own));
        return leases.Count - (own is not null && leases.Contains(own) ? 1 : 0) >= _scope.MaxPerPort;
    }

    /// <summary>Writes a bound lease to the shared memory.</summary>
    public void Publish(Lease lease) => _mirror.Write(lease);

    /// <summary>The client gave the address back; it finds it again unless another client needs it.</summary>
    public void Release(Lease lease, LeaseTime now)
    {
        lease.State = LeaseState.Past;
        lease.Until = now.Micros;
        lease.Expires = now.UnixSeconds;
        _noneFreeBefore = 0;
        _mirror.Erase(lease);
    }

    /// <summary>The address is in use by somebody unknown: no client's until then, but still counted against the port.</summary>
    public void Decline(Lease lease, long until)
    {
        _byClient.Remove(lease.Client);
        lease.Client = 0;
        lease.State = LeaseState.Declined;
        lease.Until = until;
        _mirror.Erase(lease);
    }

    public void Forget(Lease lease)
    {
        _byAddress.Remove(lease.Address);
        _byClient.Remove(lease.Client);
        if (_byPort.TryGetValue(lease.Port, out List<Lease>? leases))
        {
            leases.Remove(lease);
        }
        _mirror.Erase(lease);
        _nextFresh = Math.Min(_nextFresh, _scope.IsInPool(lease.Address) ? lease.Address.V4 : _nextFresh);
    }

    /// <summary>The network goes away: its records with it.</summary>
    public void Clear()
    {
        foreach (Lease lease in _byAddress.Values)
        {
            _mirror.Erase(lease);
        }
        _byAddress.Clear();
        _byClient.Clear();
        _byPort.Clear();
    }

    private bool HasReserved(in LeaseClaim claim, long now) =>
        claim.Nic is { Reserved.IsNone: false } nic && CanHave(nic.Reserved, in claim, now);

    private Lease? OldestOfSameNic(in LeaseClaim claim)
    {
        Lease? oldest = null;
        foreach (Lease lease in _byPort[claim.Port])
        {
            if (lease.Mac == claim.Mac && lease.State != LeaseState.Declined && (oldest is null || lease.Until < oldest.Until) &&
                !_nics.IsReservedForOther(lease.Address, claim.Nic))
            {
                oldest = lease;
            }
        }
        return oldest;
    }

    private bool TryFindFree(GuestNic? nic, long now, out IpAddress address)
    {
        if (_nicsVersion != _nics.Version)
        {
            _nicsVersion = _nics.Version;
            StartOver();
        }
        bool hasRoom = _byAddress.Count < MaxLeases;
        for (; hasRoom && _nextFresh <= _scope.Last.V4 && _nextFresh >= _scope.First.V4; _nextFresh++)
        {
            address = IpAddress.FromV4(_nextFresh);
            if (!_byAddress.ContainsKey(address) && _scope.IsInPool(address) && !_nics.IsReservedForOther(address, nic))
            {
                return true;
            }
        }
        address = default;
        return now >= _noneFreeBefore && TryFindLongestFree(nic, now, out address);
    }

    private bool TryFindLongestFree(GuestNic? nic, long now, out IpAddress address)
    {
        Lease? best = null;
        Lease? declined = null;
        long firstEnd = long.MaxValue;
        foreach (Lease lease in _byAddress.Values)
        {
            if (!_scope.IsInPool(lease.Address) || _nics.IsReservedForOther(lease.Address, nic))
            {
                continue;
            }
            firstEnd = Math.Min(firstEnd, lease.Until);
            if (!lease.IsHeld(now) && (best is null || lease.Until < best.Until))
            {
                best = lease;
            }
            if (lease.State == LeaseState.Declined && (declined is null || lease.Until < declined.Until))
            {
                declined = lease;
            }
        }
        best ??= declined;
        _noneFreeBefore = best is null ? firstEnd : 0;
        address = best?.Address ?? default;
        return best is not null;
    }

    private void StartOver()
    {
        _nextFresh = _scope.First.V4;
        _noneFreeBefore = 0;
    }

    private void CountOn(ulong port, Lease lease)
    {
        lease.Port = port;
        if (port == 0)
        {
            return;
        }
        if (!_byPort.TryGetValue(port, out List<Lease>? leases))
        {
            _byPort[port] = leases = [];
        }
        if (!leases.Contains(lease))
        {
            leases.Add(lease);
        }
    }
}
