using System.Net;
using System.Text;
using Weft.Model;
using Weft.Wire;
using Weft.Wire.Dns;

namespace Weft.Daemon.Names;

/// <summary>
/// Theory. Answers the host's questions about guests, as a function from query to answer:
///   weft.internal                 every name on every network: NAME.weft.internal, NAME.NETWORK.weft.internal
///   NETWORK.weft.internal         a zone of its own, and the name of a guest where one is called like a network
///   reverse zones of subnets      names by address; zones end at an octet, so a /20 has sixteen
/// They are answered with authority: a name that is not there is NXDOMAIN, another type of one that is gets no records, both
/// with the zone's SOA (RFC 2308 §3). Everything else is REFUSED: this is nobody's way to the rest of the world, and does
/// not offer recursion. What cannot be read gets no answer. An answer longer than the asker takes is its question with TC.
/// </summary>
internal static class NameResponder
{
    /// <summary>Of a datagram without EDNS (RFC 1035 §4.2.1).</summary>
    public const int PlainUdpSize = 512;

    /// <summary>Of a datagram with it: what passes everywhere in one piece.</summary>
    public const int MostUdpSize = 1232;

    private const uint Seconds = 10;
    private const uint NegativeSeconds = 5;

    private static readonly byte[] Domain = DnsName.FromText(DnsNames.Zone)!;
    private static readonly string[] DomainLabels = DnsNames.Zone.Split('.');

    /// <summary>Looks at one query. Returns the answer's length; 0: there is none.</summary>
    /// <param name="to">Room for whatever may be sent: at least <see cref="MostUdpSize"/> bytes.</param>
    public static int Answer(NameIndex names, ReadOnlySpan<byte> message, Span<byte> to, bool isDatagram)
    {
        if (!DnsView.TryParse(message, out DnsView query) || query.IsResponse)
        {
            return 0;
        }
        bool hasOpt = query.TryFindOpt(out uint opt, out ushort size);
        if (hasOpt && (byte)(opt >> 16) != 0)
        {
            return Writer(in query, to).Finish(DnsCode.BadVersion);
        }
        int most = !isDatagram ? to.Length : Math.Clamp(hasOpt ? size : 0, PlainUdpSize, MostUdpSize);
        return query.Opcode != 0 || query.Class is not (DnsType.ClassInternet or DnsType.ClassAny) ? Writer(in query, to).Finish(DnsCode.Refused)
            : AnswerQuestion(names, in query, to, Math.Min(most, to.Length));
    }

    private static int AnswerQuestion(NameIndex names, in DnsView query, Span<byte> to, int most)
    {
        string[] labels = LabelsOf(query.Name);
        if (labels.AsSpan().EndsWith(DomainLabels))
        {
            return AnswerName(names, in query, labels[..^DomainLabels.Length], to, most);
        }
        return ReverseName.TryRead(query.Name, out IpAddress address, out int octets) && ZoneOf(names, address, octets) is { } zone
            ? AnswerReverse(names, in query, address, octets, zone, to, most)
            : Writer(in query, to).Finish(DnsCode.Refused);
    }

    /// <param name="labels">Without the domain.</param>
    private static int AnswerName(NameIndex names, in DnsView query, string[] labels, Span<byte> to, int most)
    {
        bool isInNetwork = labels.Length > 0 && names.HasNetwork(labels[^1]);
        int inZone = isInNetwork ? labels.Length - 1 : labels.Length;
        string whole = string.Join('.', [.. labels, .. DomainLabels]);
        KnownName[] found = names.OfWhole(whole);
        if (found.Length == 0 && labels.Length == 1)
        {
            found = names.OfLabel(labels[0]);
        }
        ushort type = query.Type;
        IpAddress[] addresses = [.. found.SelectMany(n => n.Addresses).Distinct().Select(IpAddress.From).Where(a => IsOfType(a, type))];
        if (addresses.Length > 0)
        {
            return WriteAddresses(in query, addresses, to, most);
        }
        bool isApex = inZone == 0;
        if (isApex && query.Type is DnsType.Soa or DnsType.Any)
        {
            return WriteAuthority(in query, 0, to, asAnswer: true, DnsCode.NoError);
        }
        bool exists = isApex || found.Length > 0 || names.IsAbove(whole);
        return WriteAuthority(in query, StartOf(query.Name, inZone), to, asAnswer: false, exists ? DnsCode.NoError : DnsCode.NoSuchName);
    }

    private static bool IsOfType(IpAddress address, ushort type) => type == DnsType.Any || type == (address.IsV4 ? DnsType.A : DnsType.Aaaa);

    private static int AnswerReverse(NameIndex names, in DnsView query, IpAddress address, int octets, int zone, Span<byte> to, int most)
    {
        KnownName[] found = octets < 4 ? [] : names.OfAddress(V4.ToAddress(address.V4));
        if (found.Length > 0 && query.Type is DnsType.Ptr or DnsType.Any)
        {
            return WritePointers(in query, [.. found.Select(n => DnsName.FromText(n.WholeName)).OfType<byte[]>()], to, most);
        }
        bool isApex = octets == zone;
        bool exists = octets < 4 || found.Length > 0;
        return isApex && query.Type is DnsType.Soa or DnsType.Any
            ? WriteAuthority(in query, 0, to, asAnswer: true, DnsCode.NoError)
            : WriteAuthority(in query, StartOf(query.Name, octets - zone), to, asAnswer: false, exists ? DnsCode.NoError : DnsCode.NoSuchName);
    }

    /// <summary>Octets of the zone that the name lies in, when it is one of ours: 3 for a /17 to /24, and for a part of a /24 too.</summary>
    private static int? ZoneOf(NameIndex names, IpAddress address, int octets)
    {
        foreach (IPNetwork subnet in names.Subnets)
        {
            bool isInside = subnet.PrefixLength <= 8 * octets && subnet.Contains(V4.ToAddress(address.V4));
            if (isInside)
            {
                return Math.Min((subnet.PrefixLength + 7) / 8, 3);
            }
        }
        return null;
    }

    private static int WriteAddresses(in DnsView query, IpAddress[] addresses, Span<byte> to, int most)
    {
        DnsWriter writer = Writer(in query, to);
        writer.SetFlags(DnsView.AuthoritativeFlag);
        if (RoomFor(in query, most) < addresses.Sum(DnsWriter.SizeOf))
        {
            return Truncate(ref writer);
        }
        foreach (IpAddress address in addresses)
        {
            writer.PutAddress(address, Seconds);
        }
        return writer.Finish(DnsCode.NoError);
    }

    private static int WritePointers(in DnsView query, byte[][] names, Span<byte> to, int most)
    {
        DnsWriter writer = Writer(in query, to);
        writer.SetFlags(DnsView.AuthoritativeFlag);
        if (RoomFor(in query, most) < names.Sum(n => DnsWriter.RecordSize + n.Length))
        {
            return Truncate(ref writer);
        }
        foreach (byte[] name in names)
        {
            writer.PutPointer(default, name, Seconds);
        }
        return writer.Finish(DnsCode.NoError);
    }

    /// <summary>Ask again by TCP (RFC 2181 §9).</summary>
    private static int Truncate(ref DnsWriter writer)
    {
        writer.SetFlags(DnsView.TruncatedFlag);
        return writer.Finish(DnsCode.NoError);
    }

    private static int RoomFor(in DnsView query, int most) => most - DnsView.HeaderSize - query.Question.Length - DnsWriter.OptSize;

    /// <param name="start">Where the zone's name begins in the question's.</param>
    private static int WriteAuthority(in DnsView query, int start, Span<byte> to, bool asAnswer, DnsCode code)
    {
        DnsWriter writer = Writer(in query, to);
        writer.SetFlags(DnsView.AuthoritativeFlag);
        writer.PutAuthority(DnsView.HeaderSize + start, Domain, NegativeSeconds, asAnswer);
        return writer.Finish(code);
    }

    private static DnsWriter Writer(in DnsView query, Span<byte> to) => new(to, in query, recurses: false);

    /// <summary>In lower case. Bytes that no host name has come back as they are: they match nothing.</summary>
    private static string[] LabelsOf(ReadOnlySpan<byte> name)
    {
        List<string> labels = [];
        for (int at = 0; name[at] != 0; at += 1 + name[at])
        {
            // A dot within a label would look like two of them.
            labels.Add(Encoding.Latin1.GetString(name.Slice(at + 1, name[at])).ToLowerInvariant().Replace('.', '\0'));
        }
        return [.. labels];
    }

    /// <summary>Where a name goes on behind its first labels.</summary>
    private static int StartOf(ReadOnlySpan<byte> name, int labels)
    {
        int at = 0;
        for (; labels > 0; labels--)
        {
            at += 1 + name[at];
        }
        return at;
    }
}
