namespace Weft.Wire;

/// <summary>
/// What decisions are taken on: one frame's addresses, ports, flags and offsets, parsed once from its head.
/// Offsets count from the first byte of the Ethernet header. Lengths come from the IP header and were checked against the
/// frame's length, so Ethernet padding is in none of them and every header named here lies in the head.
/// </summary>
public unsafe struct ParsedFrame
{
    public MacAddress DestinationMac;
    public MacAddress SourceMac;

    /// <summary>The type behind all tags.</summary>
    public ushort Type;

    /// <summary>VLAN id of the outer tag; 0 when untagged.</summary>
    public ushort Vlan;
    public ushort L3Offset;

    /// <summary>Bytes of the IP packet, header included.</summary>
    public int L3Length;

    /// <summary>Where the transport header stands; for a later fragment, its payload.</summary>
    public ushort L4Offset;
    public ushort PayloadOffset;

    /// <summary>Bytes behind the transport header (or behind the IP header, where none was parsed).</summary>
    public int PayloadLength;
    public byte Protocol;

    /// <summary>TTL or hop limit.</summary>
    public byte TimeToLive;

    /// <summary>DSCP and ECN of IPv4.</summary>
    public byte Service;
    public TcpFlags TcpFlags;

    /// <summary>A fragment of a larger packet, the first one too. A later one has no ports.</summary>
    public bool IsFragment;

    /// <summary>The packet may not be fragmented (IPv6: always).</summary>
    public bool DontFragment;

    /// <summary>Ports of TCP and UDP; type and code, identifier of ICMP are read by <see cref="IcmpView"/>.</summary>
    public ushort SourcePort;
    public ushort DestinationPort;
    public IpAddress Source;
    public IpAddress Destination;

    public readonly MacKey SourceKey => new(Vlan, SourceMac);

    public readonly MacKey DestinationKey => new(Vlan, DestinationMac);

    /// <summary>Bytes of the transport header and its payload.</summary>
    public readonly int L4Length => L3Offset + L3Length - L4Offset;

    /// <param name="head">The checked copy of the frame's first bytes.</param>
    /// <param name="frameLength">Bytes of the whole frame; at least <paramref name="headLength"/>.</param>
    public static ParseResult TryParse(byte* head, int headLength, int frameLength, out ParsedFrame frame)
    {
        frame = default;
        if (!EthernetView.TryParse(new ReadOnlySpan<byte>(head, headLength), out EthernetView ethernet))
        {
            return ParseResult.Truncated;
        }
        frame.DestinationMac = ethernet.Destination;
        frame.SourceMac = ethernet.Source;
        frame.Type = ethernet.Type;
        frame.Vlan = ethernet.Vlan;
        frame.L3Offset = (ushort)ethernet.HeaderLength;
        return frame.Type switch
        {
            EtherType.Ipv4 => frame.ParseV4(head, headLength, frameLength),
            EtherType.Ipv6 => frame.ParseV6(head, headLength, frameLength),
            _ => ParseResult.NotIp,
        };
    }

    private ParseResult ParseV4(byte* head, int headLength, int frameLength)
    {
        var packet = new ReadOnlySpan<byte>(head + L3Offset, headLength - L3Offset);
        if (!Ipv4View.TryParse(packet, frameLength - L3Offset, out Ipv4View ip))
        {
            return WhyNotV4(packet);
        }
        L3Length = ip.TotalLength;
        L4Offset = (ushort)(L3Offset + ip.HeaderLength);
        Protocol = ip.Protocol;
        TimeToLive = ip.TimeToLive;
        Service = ip.Service;
        Source = ip.Source;
        Destination = ip.Destination;
        IsFragment = ip.IsFragment;
        DontFragment = ip.DontFragment;
        return ParseTransport(ip.Payload, isLaterFragment: ip.FragmentStart != 0);
    }

    /// <summary>A lie about lengths within the header is one thing, missing bytes another.</summary>
    private static ParseResult WhyNotV4(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < Ipv4View.Size)
        {
            return ParseResult.Truncated;
        }
        int headerLength = (packet[Ipv4View.VersionOffset] & 15) * 4;
        int totalLength = packet[Ipv4View.TotalLengthOffset] << 8 | packet[Ipv4View.TotalLengthOffset + 1];
        bool contradicts = packet[Ipv4View.VersionOffset] >> 4 != 4 || headerLength < Ipv4View.Size || totalLength < headerLength;
        return contradicts ? ParseResult.BadHeader : ParseResult.Truncated;
    }

    private ParseResult ParseV6(byte* head, int headLength, int frameLength)
    {
        var packet = new ReadOnlySpan<byte>(head + L3Offset, headLength - L3Offset);
        if (!Ipv6View.TryParse(packet, frameLength - L3Offset, out Ipv6View ip))
        {
            return packet.Length >= Ipv6View.Size && packet[0] >> 4 != 6 ? ParseResult.BadHeader : ParseResult.Truncated;
        }
        L3Length = Ipv6View.Size + ip.PayloadLength;
        L4Offset = (ushort)(L3Offset + Ipv6View.Size);
        Protocol = ip.NextHeader;
        TimeToLive = ip.HopLimit;
        Source = ip.Source;
        Destination = ip.Destination;
        IsFragment = ip.NextHeader == IpProtocol.Ipv6Fragment;
        DontFragment = true;
        return ParseTransport(ip.Payload, isLaterFragment: IsFragment);
    }

    private ParseResult ParseTransport(ReadOnlySpan<byte> bytes, bool isLaterFragment)
    {
        ParseResult result = ParseResult.Ok;
        int headerLength = 0;
        if (!isLaterFragment)
        {
            result = Protocol switch
            {
                IpProtocol.Tcp => ParseTcp(bytes, out headerLength),
                IpProtocol.Udp => ParseUdp(bytes, out headerLength),
                IpProtocol.Icmp or IpProtocol.IcmpV6 => ParseIcmp(bytes, out headerLength),
                _ => ParseResult.Ok,
            };
        }
        PayloadOffset = (ushort)(L4Offset + headerLength);
        PayloadLength = L3Offset + L3Length - PayloadOffset;
        return result == ParseResult.Ok && Protocol == IpProtocol.Udp && !IsFragment ? TrimToUdpLength(bytes) : result;
    }

    private ParseResult ParseTcp(ReadOnlySpan<byte> bytes, out int headerLength)
    {
        headerLength = 0;
        if (!TcpView.TryParse(bytes, out TcpView tcp))
        {
            return bytes.Length >= TcpView.Size && bytes[TcpView.DataOffset] >> 4 < TcpView.Size / 4 ? ParseResult.BadHeader : ParseResult.Truncated;
        }
        headerLength = tcp.HeaderLength;
        SourcePort = tcp.SourcePort;
        DestinationPort = tcp.DestinationPort;
        TcpFlags = tcp.Flags;
        return ParseResult.Ok;
    }

    private ParseResult ParseUdp(ReadOnlySpan<byte> bytes, out int headerLength)
    {
        headerLength = 0;
        if (bytes.Length < UdpView.Size)
        {
            return ParseResult.Truncated;
        }
        headerLength = UdpView.Size;
        SourcePort = (ushort)(bytes[UdpView.SourcePortOffset] << 8 | bytes[UdpView.SourcePortOffset + 1]);
        DestinationPort = (ushort)(bytes[UdpView.DestinationPortOffset] << 8 | bytes[UdpView.DestinationPortOffset + 1]);
        return ParseResult.Ok;
    }

    private static ParseResult ParseIcmp(ReadOnlySpan<byte> bytes, out int headerLength)
    {
        headerLength = bytes.Length < IcmpView.Size ? 0 : IcmpView.Size;
        return headerLength == 0 ? ParseResult.Truncated : ParseResult.Ok;
    }

    /// <summary>The UDP length may be shorter than the packet (RFC 768 says nothing against it), never longer.</summary>
    private ParseResult TrimToUdpLength(ReadOnlySpan<byte> bytes)
    {
        int length = bytes[UdpView.LengthOffset] << 8 | bytes[UdpView.LengthOffset + 1];
        if (length < UdpView.Size || length > L4Length)
        {
            return ParseResult.BadHeader;
        }
        PayloadLength = length - UdpView.Size;
        return ParseResult.Ok;
    }
}
