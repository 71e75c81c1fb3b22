using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway.Names;
using Weft.Wire.Dns;

namespace Weft.Gateway.Dns;

/// <summary>
/// The DNS of one network on its lane: local answers at once, the rest by the forwarder, answers back to the guests from
/// the network's DNS address. A network that leads nowhere forwards nothing: REFUSED.
/// </summary>
internal sealed unsafe class DnsProxy : IDnsClients, IDisposable
{
    private const ushort DnsPort = 53;

    private readonly IGuestSide _guests;
    private readonly Lane _lane;
    private readonly byte[] _answer = new byte[DnsAnswer.MaxSize];

    public DnsProxy(IGuestSide guests, NameTable names, Lane lane, IHostSockets host)
        : this(guests, names, lane, host, new SecureRandom())
    {
    }

    internal DnsProxy(IGuestSide guests, NameTable names, Lane lane, IHostSockets host, Random random)
    {
        _guests = guests;
        _lane = lane;
        Responder = new DnsResponder(names);
        Forwarder = new DnsForwarder(lane, host, this, random);
    }

    public DnsResponder Responder { get; }

    public DnsForwarder Forwarder { get; }

    /// <summary>Takes in the payload of a guest's datagram to the DNS address, port 53. The reason is the guest's port to count.</summary>
    public DropReason OnQuery(HostEnd guest, ReadOnlySpan<byte> message)
    {
        DnsAnswer answer = Responder.Answer(_guests.Facts, message, _answer, _lane.Now);
        switch (answer.Verdict)
        {
            case DnsVerdict.Answer:
                Answer(guest, _answer.AsSpan(0, answer.Length));
                return DropReason.None;
            case DnsVerdict.Drop:
                return answer.Reason;
        }
        if (!_guests.Facts.Has(NetworkFlags.Nat))
        {
            AnswerError(guest, message, DnsCode.Refused);
            return DropReason.NoRoute;
        }
        DropReason reason = Forwarder.Ask(guest, message);
        if (reason == DropReason.DnsNoUpstream)
        {
            AnswerError(guest, message, DnsCode.ServerFailure);
        }
        return reason;
    }

    /// <summary>What would become of a query; nothing is answered or asked.</summary>
    public DropReason Judge(HostEnd guest, ReadOnlySpan<byte> message, out FrameFate fate)
    {
        DnsAnswer answer = Responder.Answer(_guests.Facts, message, _answer, _lane.Now);
        fate = FrameFate.DnsAnswered;
        switch (answer.Verdict)
        {
            case DnsVerdict.Answer:
                return DropReason.None;
            case DnsVerdict.Drop:
                return answer.Reason;
        }
        fate = FrameFate.DnsForwarded;
        return _guests.Facts.Has(NetworkFlags.Nat) ? Forwarder.Judge(guest, message) : DropReason.NoRoute;
    }

    public void Answer(HostEnd guest, ReadOnlySpan<byte> message)
    {
        if (GuestDatagram.HeaderSize + message.Length > _guests.Facts.Mtu)
        {
            message = _answer.AsSpan(0, Truncate(message, _answer));
        }
        int length = GuestDatagram.HeaderSize + message.Length;
        byte* packet = message.IsEmpty ? null : _guests.Rent(length);
        if (packet == null)
        {
            return;
        }
        GuestDatagram.Write(packet, (_guests.Facts.Dns, DnsPort), (guest.Address, guest.Port), message);
        _guests.Send(guest.Address, length, default);
        _guests.Wake();
    }

    public void Dispose() => Forwarder.Dispose();

    private void AnswerError(HostEnd guest, ReadOnlySpan<byte> query, DnsCode code)
    {
        int length = DnsResponder.WriteError(query, code, _answer);
        if (length > 0)
        {
            Answer(guest, _answer.AsSpan(0, length));
        }
    }

    /// <summary>Header and question with TC set (RFC 2181 §9): ask again by TCP.</summary>
    private static int Truncate(ReadOnlySpan<byte> message, Span<byte> to)
    {
        if (!DnsView.TryParse(message, out DnsView answer))
        {
            return 0;
        }
        message[..DnsView.HeaderSize].CopyTo(to);
        to[DnsView.AnswerCountOffset..DnsView.HeaderSize].Clear();
        to[DnsView.FlagsOffset] |= DnsView.TruncatedFlag >> 8;
        answer.Question.CopyTo(to[DnsView.HeaderSize..]);
        return DnsView.HeaderSize + answer.Question.Length;
    }
}
