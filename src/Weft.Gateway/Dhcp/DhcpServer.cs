using Weft.Engine;
using Weft.Gateway.Limits;
using Weft.Gateway.Names;
using Weft.Wire;

namespace Weft.Gateway.Dhcp;

/// <summary>
/// Theory. DHCPv4 (RFC 2131) as a function from one message to at most one reply over a lease store.
///   DISCOVER                                   address chosen, held ten seconds, in memory only      → OFFER
///   REQUEST with our server id (SELECTING)     the address offered, or a free one after a restart    → ACK or NAK
///   REQUEST with another's                     our offer is taken back                               → silence
///   REQUEST with option 50, no ciaddr          (INIT-REBOOT) the client's own address, else          → ACK or NAK
///   REQUEST with ciaddr                        (RENEWING, REBINDING) likewise                        → ACK or NAK
///   RELEASE, DECLINE                           by the client that has the address, else ignored      → silence
///   INFORM                                     options without a lease                               → ACK
/// An ACK leaves after its lease is in the journal; everything else at once. A client that we have no record of gets the
/// address it names when that is free, since nobody else serves this network; see <see cref="DhcpScope.IsAuthoritative"/>.
/// Limits: ten messages a second per MAC; addresses per port as the store says.
/// </summary>
internal sealed partial class DhcpServer
{
    private const long OfferFor = 10_000_000;
    private const long DeclinedFor = 600_000_000;

    private readonly RateTable _rates = new(Rate.PerSecond(10, 20));
    private readonly LeaseStore _leases;
    private readonly GuestNics _nics;
    private readonly NameTable _names;

    public DhcpServer(LeaseStore leases, GuestNics nics, NameTable names)
    {
        _leases = leases;
        _nics = nics;
        _names = names;
    }

    /// <summary>Requests that found no address: the pool is used up, or the port's share.</summary>
    public ulong Exhausted { get; private set; }

    private DhcpScope Scope => _leases.Scope;

    /// <summary>Takes in one message; the reply's payload is written to <paramref name="to"/>.</summary>
    /// <param name="to">Room for <see cref="DhcpReply.MaxSize"/> bytes.</param>
    public DhcpReply Handle(in DhcpRequest request, Span<byte> to)
    {
        if (!DhcpView.TryParse(request.Message, out DhcpView message) || message.Mac.IsGroup || message.Mac.IsZero)
        {
            return DhcpReply.Dropped(DropReason.BadHeader);
        }
        if (!_rates.TryTake(message.Mac.Value, request.Now.Micros))
        {
            return DhcpReply.Dropped(DropReason.RateLimited);
        }
        if (!message.RelayAddress.IsUnspecified && !Scope.IsUsable(message.RelayAddress))
        {
            return DhcpReply.Dropped(DropReason.NotForUs);
        }
        var claim = new LeaseClaim(message.Client, message.Mac, request.Port, _nics.Find(message.Mac, request.Port));
        return message.Type switch
        {
            DhcpMessageType.Discover => Discover(in message, in request, in claim, to),
            DhcpMessageType.Request => Request(in message, in request, in claim, to),
            DhcpMessageType.Decline => Decline(in message, in claim, request.Now),
            DhcpMessageType.Release => Release(in message, in claim, request.Now),
            DhcpMessageType.Inform => Inform(in message, in request, in claim, to),
            DhcpMessageType.None => DhcpReply.Dropped(DropReason.ProtocolUnsupported),
            _ => DhcpReply.Dropped(DropReason.BadHeader),
        };
    }

    private DhcpReply Discover(in DhcpView message, in DhcpRequest request, in LeaseClaim claim, Span<byte> to)
    {
        long now = request.Now.Micros;
        message.TryFindAddress(DhcpOption.RequestedAddress, out IpAddress wanted);
        Lease? lease = _leases.Choose(in claim, wanted, now);
        if (lease is null)
        {
            Exhausted++;
            return DhcpReply.Dropped(DropReason.NoDhcpLease);
        }
        if (lease.State != LeaseState.Bound || !lease.IsHeld(now))
        {
            lease.State = LeaseState.Offered;
            lease.Until = now + OfferFor;
        }
        return WriteOffer(in message, in request, in claim, lease, to);
    }

    private DhcpReply Request(in DhcpView message, in DhcpRequest request, in LeaseClaim claim, Span<byte> to)
    {
        bool isSelecting = message.TryFindAddress(DhcpOption.ServerId, out IpAddress server);
        if (isSelecting && server != Scope.Server)
        {
            TakeOfferBack(in claim, request.Now);
            return DhcpReply.Dropped(DropReason.NotForUs);
        }
        IpAddress address = message.ClientAddress;
        if (address.IsUnspecified && !message.TryFindAddress(DhcpOption.RequestedAddress, out address))
        {
            return DhcpReply.Dropped(DropReason.BadHeader);
        }
        if (!Scope.IsUsable(address))
        {
            return WriteNak(in message, in request, "not an address of this network"u8, to);
        }
        if (_leases.TryFindClient(claim.Client, out Lease? own))
        {
            bool mayKeep = own.Address == address && _leases.IsSuitable(address, in claim, request.Now.Micros);
            return mayKeep ? Bind(in message, in request, in claim, address, to) : WriteNak(in message, in request, "not your address"u8, to);
        }
        if (!isSelecting && !Scope.IsAuthoritative)
        {
            return DhcpReply.Dropped(DropReason.NotForUs);
        }
        return Bind(in message, in request, in claim, address, to);
    }

    /// <summary>Makes the lease when nothing speaks against it.</summary>
    private DhcpReply Bind(in DhcpView message, in DhcpRequest request, in LeaseClaim claim, IpAddress address, Span<byte> to)
    {
        LeaseTime now = request.Now;
        _leases.TryFindClient(claim.Client, out Lease? own);
        if (!_leases.IsSuitable(address, in claim, now.Micros) || !_leases.CanHave(address, in claim, now.Micros))
        {
            return WriteNak(in message, in request, "address in use"u8, to);
        }
        if (address != claim.Nic?.Reserved && _leases.IsBoundReached(in claim, own, now.Micros))
        {
            Exhausted++;
            return WriteNak(in message, in request, "too many addresses"u8, to);
        }
        Lease lease = _leases.Take(address, in claim);
        uint seconds = SecondsFor(in message);
        lease.State = LeaseState.Bound;
        lease.Until = now.After(seconds);
        lease.Expires = now.UnixSeconds + seconds;
        GiveNames(in message, in claim, lease, now.Micros);
        _leases.Publish(lease);
        return WriteAck(in message, in request, in claim, lease, seconds, to);
    }

    private DhcpReply Decline(in DhcpView message, in LeaseClaim claim, LeaseTime now)
    {
        if (!message.TryFindAddress(DhcpOption.RequestedAddress, out IpAddress address) || !IsHolder(in claim, address, out Lease? lease))
        {
            return DhcpReply.Dropped(DropReason.NotForUs);
        }
        bool wasBound = lease.State == LeaseState.Bound;
        LeaseChange? change = wasBound ? ChangeOf(lease, now.UnixSeconds) : null;
        TakeNames(in claim, lease, now.Micros);
        _leases.Decline(lease, now.Micros + DeclinedFor);
        return new DhcpReply(DhcpOutcome.None, DropReason.None) { Change = change };
    }

    private DhcpReply Release(in DhcpView message, in LeaseClaim claim, LeaseTime now)
    {
        if (!IsHolder(in claim, message.ClientAddress, out Lease? lease) || lease.State != LeaseState.Bound)
        {
            return DhcpReply.Dropped(DropReason.NotForUs);
        }
        TakeNames(in claim, lease, now.Micros);
        _leases.Release(lease, now);
        return new DhcpReply(DhcpOutcome.None, DropReason.None) { Change = ChangeOf(lease, now.UnixSeconds) };
    }

    private DhcpReply Inform(in DhcpView message, in DhcpRequest request, in LeaseClaim claim, Span<byte> to)
    {
        return Scope.IsUsable(message.ClientAddress)
            ? WriteInformed(in message, in request, in claim, to)
            : DhcpReply.Dropped(DropReason.BadHeader);
    }

    private void TakeOfferBack(in LeaseClaim claim, LeaseTime now)
    {
        if (_leases.TryFindClient(claim.Client, out Lease? lease) && lease.State == LeaseState.Offered)
        {
            _leases.Release(lease, now);
        }
    }

    private bool IsHolder(in LeaseClaim claim, IpAddress address, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Lease? lease) =>
        _leases.TryFindClient(claim.Client, out lease) && lease.Address == address && lease.Mac == claim.Mac;

    private uint SecondsFor(in DhcpView message)
    {
        bool asks = message.TryFind(DhcpOption.LeaseTime, out ReadOnlySpan<byte> value) && value.Length == 4;
        uint wish = asks ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(value) : Scope.LeaseSeconds;
        return Math.Clamp(wish, Scope.MinLeaseSeconds, Scope.LeaseSeconds);
    }
}
