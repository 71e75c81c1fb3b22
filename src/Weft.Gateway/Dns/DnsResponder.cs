using System.Buffers.Binary;
using Weft.Engine;
using Weft.Gateway.Names;
using Weft.Wire;
using Weft.Wire.Dns;

namespace Weft.Gateway.Dns;

/// <summary>
/// Theory. Answers what only we can know, as a function from query to answer; everything else is forwarded untouched.
///   name of one label that we know           the guest's addresses; one that we do not know is forwarded (it may be a TLD)
///   label in one of our zones                its addresses, or NXDOMAIN with the SOA
///   full name that the network's owner gave  its addresses
///   the zone itself                          its SOA, else no data; deeper names do not exist
///   reverse name of an address in the subnet its name, or NXDOMAIN: a private address is nobody else's business
/// A question for another type of a name that exists gets NOERROR without records (AAAA above all: resolvers that get no
/// answer to it stall). Letters compare without case, and come back as they were written. EDNS version 0 is answered.
/// </summary>
internal sealed class DnsResponder(NameTable names)
{
    private const uint Seconds = 10;
    private const uint NegativeSeconds = 5;
    private const int MaxAddresses = 8;

    public DnsZones Zones { get; set; } = new("");

    /// <summary>Looks at one query. No allocation.</summary>
    /// <param name="to">Room for <see cref="DnsAnswer.MaxSize"/> bytes.</param>
    /// <param name="now">Lane time in microseconds.</param>
    public DnsAnswer Answer(NetworkFacts facts, ReadOnlySpan<byte> message, Span<byte> to, long now)
    {
        if (!DnsView.TryParse(message, out DnsView query))
        {
            return WriteFormatError(message, to);
        }
        if (query.IsResponse)
        {
            return new DnsAnswer(DnsVerdict.Drop, 0, DropReason.BadHeader);
        }
        if (query.Opcode != 0 || query.Class is not (DnsType.ClassInternet or DnsType.ClassAny))
        {
            return new DnsAnswer(DnsVerdict.Forward);
        }
        if (Zones.TryFind(query.Name, out int start, out ReadOnlySpan<byte> zone))
        {
            return AnswerInZone(in query, start, zone, to, now);
        }
        if (DnsZones.TryReadReverse(query.Name, out IpAddress address) && facts.Contains(address))
        {
            return AnswerReverse(in query, address, to, now);
        }
        bool isSingleLabel = query.Name[0] > 0 && query.Name[0] + 2 == query.Name.Length;
        ReadOnlySpan<byte> name = isSingleLabel ? LabelOf(in query) : query.Name;
        return TryAnswerName(in query, name, -1, default, to, now, out int length)
            ? new DnsAnswer(DnsVerdict.Answer, length)
            : new DnsAnswer(DnsVerdict.Forward);
    }

    /// <summary>An answer without records, such as SERVFAIL when there is no upstream. 0 when the query cannot be read.</summary>
    public static int WriteError(ReadOnlySpan<byte> message, DnsCode code, Span<byte> to)
    {
        if (!DnsView.TryParse(message, out DnsView query))
        {
            return 0;
        }
        return new DnsWriter(to, in query).Finish(code);
    }

    private DnsAnswer AnswerInZone(in DnsView query, int start, ReadOnlySpan<byte> zone, Span<byte> to, long now)
    {
        if (start == 0)
        {
            return AnswerApex(in query, zone, to);
        }
        bool isOneLabel = query.Name[0] + 1 == start;
        if (isOneLabel && TryAnswerName(in query, LabelOf(in query), start, zone, to, now, out int length))
        {
            return new DnsAnswer(DnsVerdict.Answer, length);
        }
        return Negative(in query, DnsCode.NoSuchName, start, zone, to);
    }

    private static DnsAnswer AnswerApex(in DnsView query, ReadOnlySpan<byte> zone, Span<byte> to)
    {
        if (query.Type is not (DnsType.Soa or DnsType.Any))
        {
            return Negative(in query, DnsCode.NoError, 0, zone, to);
        }
        var writer = new DnsWriter(to, in query);
        writer.SetFlags(DnsView.AuthoritativeFlag);
        writer.PutAuthority(DnsView.HeaderSize, zone, NegativeSeconds, asAnswer: true);
        return new DnsAnswer(DnsVerdict.Answer, writer.Finish(DnsCode.NoError));
    }

    private static ReadOnlySpan<byte> LabelOf(in DnsView query) => query.Name.Slice(1, query.Name[0]);

    /// <param name="name">As the table has it: a label, or a full name.</param>
    /// <param name="zoneStart">Where the zone starts in the query's name; −1 for names outside of zones, whose empty answers name no authority.</param>
    private bool TryAnswerName(in DnsView query, ReadOnlySpan<byte> name, int zoneStart, ReadOnlySpan<byte> zone, Span<byte> to, long now, out int length)
    {
        Span<IpAddress> addresses = stackalloc IpAddress[MaxAddresses];
        int count = names.Find(name, now, addresses);
        length = 0;
        if (count == 0)
        {
            return false;
        }
        if (IsBadVersion(in query, to, out length))
        {
            return true;
        }
        bool isWanted = query.Type is DnsType.A or DnsType.Any;
        var writer = new DnsWriter(to, in query);
        writer.SetFlags(DnsView.AuthoritativeFlag);
        for (int i = 0; i < count && isWanted; i++)
        {
            if (addresses[i].IsV4)
            {
                writer.PutAddress(addresses[i], Seconds);
            }
        }
        if (!isWanted && zoneStart >= 0)
        {
            writer.PutAuthority(DnsView.HeaderSize + zoneStart, zone, NegativeSeconds, asAnswer: false);
        }
        length = writer.Finish(DnsCode.NoError);
        return true;
    }

    private DnsAnswer AnswerReverse(in DnsView query, IpAddress address, Span<byte> to, long now)
    {
        bool isKnown = names.TryNameOf(address, now, out ReadOnlySpan<byte> name);
        if (!isKnown || query.Type is not (DnsType.Ptr or DnsType.Any))
        {
            return Negative(in query, isKnown ? DnsCode.NoError : DnsCode.NoSuchName, 1 + query.Name[0], Zones.Own, to);
        }
        if (IsBadVersion(in query, to, out int length))
        {
            return new DnsAnswer(DnsVerdict.Answer, length);
        }
        var writer = new DnsWriter(to, in query);
        writer.SetFlags(DnsView.AuthoritativeFlag);
        if (NameTable.IsWhole(name))
        {
            writer.PutPointer([], name, Seconds);
        }
        else
        {
            writer.PutPointer(name, Zones.Own, Seconds);
        }
        return new DnsAnswer(DnsVerdict.Answer, writer.Finish(DnsCode.NoError));
    }

    private static DnsAnswer Negative(in DnsView query, DnsCode code, int zoneStart, ReadOnlySpan<byte> zone, Span<byte> to)
    {
        if (IsBadVersion(in query, to, out int length))
        {
            return new DnsAnswer(DnsVerdict.Answer, length);
        }
        var writer = new DnsWriter(to, in query);
        writer.SetFlags(DnsView.AuthoritativeFlag);
        writer.PutAuthority(DnsView.HeaderSize + zoneStart, zone, NegativeSeconds, asAnswer: false);
        return new DnsAnswer(DnsVerdict.Answer, writer.Finish(code));
    }

    /// <summary>RFC 6891 §6.1.3: an EDNS version that we do not speak.</summary>
    private static bool IsBadVersion(in DnsView query, Span<byte> to, out int length)
    {
        bool isBad = query.TryFindOpt(out uint opt) && (byte)(opt >> 16) != 0;
        length = isBad ? new DnsWriter(to, in query).Finish(DnsCode.BadVersion) : 0;
        return isBad;
    }

    /// <summary>A header with no readable question: the id comes back with FORMERR, unless it is an answer or too short to be anything.</summary>
    private static DnsAnswer WriteFormatError(ReadOnlySpan<byte> message, Span<byte> to)
    {
        if (message.Length < DnsView.HeaderSize || (message[DnsView.FlagsOffset] & (DnsView.ResponseFlag >> 8)) != 0)
        {
            return new DnsAnswer(DnsVerdict.Drop, 0, DropReason.BadHeader);
        }
        to[..DnsView.HeaderSize].Clear();
        message[..2].CopyTo(to);
        ushort kept = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(message[2..]) & (DnsView.OpcodeMask | DnsView.RecursionDesiredFlag));
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], (ushort)(kept | DnsView.ResponseFlag | (ushort)DnsCode.FormatError));
        return new DnsAnswer(DnsVerdict.Answer, DnsView.HeaderSize);
    }
}
