using System.Buffers.Binary;
using Weft.Engine;
using Weft.Wire.Dns;

namespace Weft.Gateway.Dns;

/// <summary>
/// Theory. Forwards queries to the host's resolvers byte for byte but for the id, over UDP.
///   1. a place in a table of fixed size, at most 32 per guest; a repeated query of the same guest and id is the same one
///   2. a new random id and a socket drawn at random, to the first healthy upstream
///   3. an answer counts when it comes from the upstream asked, to the socket used, with our id and the same question
///   4. SERVFAIL, REFUSED, an ICMP error or two seconds of silence: the next upstream; the last one's word is passed on
///   5. the answer goes back under the guest's id; when nobody answered at all, SERVFAIL
/// The places are in <c>DnsForwarder.Queries.cs</c>. At most four attempts, two for a single upstream. TC passes through; an answer too large for the guest's MTU is cut to
/// its question with TC set, so that the guest asks again by TCP (fragments are worse). Nothing is cached.
/// </summary>
internal sealed unsafe partial class DnsForwarder : IReadyTarget, IDeadlines, IDisposable
{
    public const int Capacity = 160;
    public const int MaxPerGuest = 32;
    public const int MaxQuery = 1232;

    private const long AttemptTime = 2_000_000;
    private const long IdleTime = 30_000_000;
    private const int MaxAttempts = 4;
    private const int ReadsPerEvent = 64;
    private const int ReceiveSize = 65_536;
    private const int Again = -11;

    private readonly Lane _lane;
    private readonly IHostSockets _host;
    private readonly IDnsClients _clients;
    private readonly Random _random;
    private readonly DnsSockets _sockets;
    private readonly IdleDeadlines _deadlines;
    private readonly ushort _target;
    private int _count;
    private long _idleAt = long.MaxValue;

    public DnsForwarder(Lane lane, IHostSockets host, IDnsClients clients, Random random)
    {
        _lane = lane;
        _host = host;
        _clients = clients;
        _random = random;
        _sockets = new DnsSockets(lane, host);
        _target = lane.Register(this);
        _sockets.Target = _target;
        _deadlines = new IdleDeadlines(lane, this);
    }

    public DnsUpstreams Upstreams { get; } = new();

    /// <summary>Queries under way.</summary>
    public int Count => _count;

    /// <summary>Answers that matched no query: late ones, and forgeries.</summary>
    public ulong Unmatched { get; private set; }

    public long NextDeadline
    {
        get;
        private set
        {
            field = value;
            _deadlines.Changed();
        }
    } = long.MaxValue;

    /// <summary>Whether a query would be forwarded; nothing is.</summary>
    public DropReason Judge(HostEnd guest, ReadOnlySpan<byte> query) => Judge(guest, query, out _);

    /// <summary>Forwards one query. Anything but None: it was not taken; <see cref="DropReason.DnsNoUpstream"/> wants a SERVFAIL at once.</summary>
    public DropReason Ask(HostEnd guest, ReadOnlySpan<byte> query)
    {
        DropReason refused = Judge(guest, query, out bool isUnderWay);
        if (refused != DropReason.None || isUnderWay)
        {
            return refused;
        }
        if (_ids.Length == 0)
        {
            MakeRoom();
        }
        ushort guestId = BinaryPrimitives.ReadUInt16BigEndian(query);
        int slot = _ids.AsSpan().IndexOf(DnsPending.Free);
        query.CopyTo(BytesOf(slot));
        _pending[slot] = new DnsPending { GuestId = guestId, Guest = guest, Length = query.Length, ListVersion = Upstreams.Version };
        _count++;
        if (TryNext(slot))
        {
            return DropReason.None;
        }
        Free(slot);
        return DropReason.DnsNoUpstream;
    }

    public void OnReady(ReadyToken token, Ready what)
    {
        if ((what & Ready.Error) != 0)
        {
            ReadErrors(token);
        }
        for (int i = 0; i < ReadsPerEvent; i++)
        {
            // An answer may have closed nothing, but a callback may: ask anew each time.
            if (!_sockets.TryGet(token, out int socket))
            {
                return;
            }
            long length = _host.ReceiveFrom(socket, AddressOf(_receive), ReceiveSize, out HostEnd from);
            if (length == Again)
            {
                return;
            }
            if (length >= DnsView.HeaderSize)
            {
                OnAnswer((int)token.Index, from, _receive.AsSpan(0, (int)length));
            }
        }
        _sockets.Rewatch((int)token.Index);
    }

    public void OnDeadline(long now)
    {
        for (int slot = 0; slot < Capacity && _count > 0; slot++)
        {
            if (_ids[slot] != DnsPending.Free && _pending[slot].Deadline <= now)
            {
                Upstreams.Silent(_pending[slot].Asked, now);
                NextOrFail(slot);
            }
        }
        if (_count == 0 && now >= _idleAt)
        {
            _sockets.CloseAll();
            _idleAt = long.MaxValue;
        }
        NextDeadline = Earliest();
    }

    public void Dispose()
    {
        _sockets.CloseAll();
        _deadlines.Dispose();
        _lane.Unregister(_target);
    }

    private void OnAnswer(int socket, HostEnd from, Span<byte> message)
    {
        int slot = _ids.AsSpan().IndexOf(BinaryPrimitives.ReadUInt16BigEndian(message));
        if (slot < 0 || _pending[slot].Socket != socket || _pending[slot].Asked != from || !IsAnswerTo(slot, message, out DnsCode code))
        {
            Unmatched++;
            return;
        }
        ref DnsPending pending = ref _pending[slot];
        Upstreams.Answered(from);
        if (code is DnsCode.ServerFailure or DnsCode.Refused && HasUntried(in pending) && TryNext(slot))
        {
            return;
        }
        BinaryPrimitives.WriteUInt16BigEndian(message, pending.GuestId);
        HostEnd guest = pending.Guest;
        Free(slot);
        _clients.Answer(guest, message);
    }

    /// <summary>An answer repeats the question; only one that says it could not read it may leave it out.</summary>
    private bool IsAnswerTo(int slot, ReadOnlySpan<byte> message, out DnsCode code)
    {
        code = (DnsCode)(message[DnsView.FlagsOffset + 1] & DnsView.CodeMask);
        if ((message[DnsView.FlagsOffset] & (DnsView.ResponseFlag >> 8)) == 0)
        {
            return false;
        }
        if (BinaryPrimitives.ReadUInt16BigEndian(message[DnsView.QuestionCountOffset..]) == 0)
        {
            return code is DnsCode.FormatError or DnsCode.ServerFailure or DnsCode.NotImplemented or DnsCode.Refused;
        }
        return DnsView.TryParse(message, out DnsView answer) && DnsView.TryParse(BytesOf(slot)[.._pending[slot].Length], out DnsView query) &&
            answer.AsksTheSame(in query);
    }

    private bool HasUntried(in DnsPending pending) =>
        pending.ListVersion == Upstreams.Version && pending.Attempts < AttemptsAllowed &&
        Upstreams.TryPick(pending.Tried, _lane.Now, out _);

    private int AttemptsAllowed => Math.Clamp(Upstreams.Count, 2, MaxAttempts);

    /// <summary>Sends to the next upstream; false when there was none left to ask.</summary>
    private bool TryNext(int slot)
    {
        ref DnsPending pending = ref _pending[slot];
        if (pending.ListVersion != Upstreams.Version)
        {
            pending.ListVersion = Upstreams.Version;
            pending.Tried = 0;
        }
        while (pending.Attempts < AttemptsAllowed)
        {
            if (!Upstreams.TryPick(pending.Tried, _lane.Now, out int index))
            {
                pending.Tried = 0;
                if (!Upstreams.TryPick(0, _lane.Now, out index))
                {
                    return false;
                }
            }
            pending.Attempts++;
            pending.Tried |= 1u << index;
            pending.Asked = Upstreams[index];
            if (TrySend(slot))
            {
                return true;
            }
            Upstreams.Failed(pending.Asked, _lane.Now);
        }
        return false;
    }

    private bool TrySend(int slot)
    {
        ref DnsPending pending = ref _pending[slot];
        pending.Socket = _random.Next(DnsSockets.Count);
        if (!_sockets.TryUse(ref pending.Socket, out int socket))
        {
            return false;
        }
        _ids[slot] = DnsPending.Free;
        _ids[slot] = pending.Id = NewId();
        BinaryPrimitives.WriteUInt16BigEndian(BytesOf(slot), (ushort)pending.Id);
        var run = new IoVec(AddressOf(_queries) + slot * MaxQuery, (nuint)pending.Length);
        // The first try may only report an earlier error of this socket (IP_RECVERR).
        bool sent = _host.SendTo(socket, &run, 1, pending.Asked, 64) >= 0 || _host.SendTo(socket, &run, 1, pending.Asked, 64) >= 0;
        pending.Deadline = _lane.Now + AttemptTime;
        NextDeadline = Math.Min(NextDeadline, pending.Deadline);
        return sent;
    }

    private void NextOrFail(int slot)
    {
        if (TryNext(slot))
        {
            return;
        }
        Span<byte> query = BytesOf(slot)[.._pending[slot].Length];
        BinaryPrimitives.WriteUInt16BigEndian(query, _pending[slot].GuestId);
        int length = DnsResponder.WriteError(query, DnsCode.ServerFailure, _error);
        HostEnd guest = _pending[slot].Guest;
        Free(slot);
        if (length > 0)
        {
            _clients.Answer(guest, _error.AsSpan(0, length));
        }
    }

    /// <summary>ICMP errors about our queries: the quoted payload begins with the id.</summary>
    private void ReadErrors(ReadyToken token)
    {
        for (int i = 0; i < ReadsPerEvent && _sockets.TryGet(token, out int socket); i++)
        {
            long length = _host.ReceiveError(socket, AddressOf(_error), _error.Length, out IcmpErrorReport report);
            if (length < 0)
            {
                return;
            }
            int slot = length < 2 ? -1 : _ids.AsSpan().IndexOf(BinaryPrimitives.ReadUInt16BigEndian(_error));
            if (slot >= 0 && _pending[slot].Asked == report.Destination && _pending[slot].Socket == (int)token.Index)
            {
                Upstreams.Failed(report.Destination, _lane.Now);
                NextOrFail(slot);
            }
        }
    }
}
