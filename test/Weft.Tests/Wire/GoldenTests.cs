using Weft.Wire;

namespace Weft.Tests.Wire;

/// <summary>Our views read what another implementation wrote, and our writers write the same bytes.</summary>
public sealed unsafe class GoldenTests
{
    private static readonly MacAddress Alpha = new(0x5254_0000_0001);
    private static readonly MacAddress Beta = new(0x5254_0000_0002);
    private static readonly IpAddress AlphaIp = IpAddress.FromV4(0x0a14_000f);
    private static readonly IpAddress BetaIp = IpAddress.FromV4(0x0a14_0010);

    [Fact]
    public void Arp_request_reads_and_writes()
    {
        byte[] frame = Convert.FromHexString(GoldenFrames.ArpRequest);
        Assert.True(EthernetView.TryParse(frame, out EthernetView ethernet));
        Assert.Equal(EtherType.Arp, ethernet.Type);
        Assert.True(ArpView.TryParse(ethernet.Payload, out ArpView arp));
        Assert.Equal(ArpView.Request, arp.Operation);
        Assert.Equal(Alpha, arp.SenderMac);
        Assert.Equal(AlphaIp, arp.SenderIp);
        Assert.Equal("10.20.0.1", arp.TargetIp.ToString());

        using var made = new NativeBytes(42);
        int length = EthernetHeader.Write(made.At, Beta, Alpha, EtherType.Arp);
        length += ArpHeader.Write(made.At + length, ArpView.Request, (Alpha, AlphaIp), (default, arp.TargetIp));
        Assert.Equal(GoldenFrames.ArpRequest, Convert.ToHexStringLower(made.Span[..length]));
    }

    [Fact]
    public void Syn_reads_and_writes()
    {
        ParsedFrame parsed = Parse(GoldenFrames.TcpSyn, out byte[] frame);
        Assert.Equal((40000, 80, TcpFlags.Syn, 0), (parsed.SourcePort, parsed.DestinationPort, parsed.TcpFlags, parsed.PayloadLength));
        Assert.True(parsed.DontFragment);
        Assert.True(TcpView.TryParse(frame.AsSpan(parsed.L4Offset), out TcpView tcp));
        Assert.Equal((0x01020304u, (ushort)64240), (tcp.Sequence, tcp.Window));
        TcpOptions options = tcp.Options;
        Assert.Equal((1460, 7, true, true), (options.MaximumSegmentSize, options.WindowScale, options.SackPermitted, options.HasTimestamps));
        Assert.Equal(0x11223344u, options.TimestampValue);

        var writer = new TcpOptionWriter(stackalloc byte[40]);
        writer.MaximumSegmentSize(1460);
        writer.SackPermitted();
        writer.Timestamps(0x11223344, 0);
        writer.NoOperation();
        writer.WindowScale(7);
        writer.Pad();
        var fields = new TcpFields(40000, 80, 0x01020304, 0) { Flags = TcpFlags.Syn, Window = 64240 };
        AssertTcp(GoldenFrames.TcpSyn, 0x1234, fields, writer.Written, default);
    }

    [Fact]
    public void Sack_blocks_read_and_write()
    {
        ParsedFrame parsed = Parse(GoldenFrames.TcpSack, out byte[] frame);
        Assert.True(TcpView.TryParse(frame.AsSpan(parsed.L4Offset), out TcpView tcp));
        TcpOptions options = tcp.Options;
        Assert.Equal(3, options.SackCount);
        Assert.Equal(new SackBlock(5000, 6000), options.Sacks[2]);

        var writer = new TcpOptionWriter(stackalloc byte[40]);
        writer.NoOperation();
        writer.NoOperation();
        writer.Timestamps(1, 2);
        writer.NoOperation();
        writer.NoOperation();
        writer.Sack([new(1000, 2000), new(3000, 4000), new(5000, 6000), new(7000, 8000)]);
        writer.Pad();
        AssertTcp(GoldenFrames.TcpSack, 7, new TcpFields(40000, 80, 100, 200) { Flags = TcpFlags.Ack, Window = 500 }, writer.Written, default);
    }

    [Fact]
    public void Tcp_data_reads_and_writes()
    {
        ParsedFrame parsed = Parse(GoldenFrames.TcpData, out byte[] frame);
        Assert.Equal("GET / HTTP/1.0\r\n\r\n!"u8, frame.AsSpan(parsed.PayloadOffset, parsed.PayloadLength));
        var fields = new TcpFields(40000, 80, 101, 201) { Flags = TcpFlags.Ack | TcpFlags.Psh, Window = 500 };
        AssertTcp(GoldenFrames.TcpData, 8, fields, default, "GET / HTTP/1.0\r\n\r\n!"u8);
    }

    [Fact]
    public void Udp_reads_and_writes()
    {
        ParsedFrame parsed = Parse(GoldenFrames.Udp, out byte[] frame);
        Assert.True(UdpView.TryParse(frame.AsSpan(parsed.L4Offset, parsed.L4Length), out UdpView udp));
        Assert.Equal((5353, 53, 19), (udp.SourcePort, udp.DestinationPort, udp.Length));
        Assert.Equal("odd payload"u8, udp.Payload);

        using var made = new NativeBytes(frame.Length);
        byte* at = made.At + EthernetHeader.Write(made.At, Beta, Alpha, EtherType.Ipv4);
        at += Ipv4Header.Write(at, new Ipv4Fields(AlphaIp, BetaIp, IpProtocol.Udp, 39) { Identification = 9 });
        UdpHeader.Write(at, 5353, 53, 11);
        "odd payload"u8.CopyTo(new Span<byte>(at + 8, 11));
        UdpHeader.Complete(at, 19, AlphaIp, BetaIp);
        Assert.Equal(GoldenFrames.Udp, Convert.ToHexStringLower(made.Span));
    }

    [Fact]
    public void Echo_reads_and_writes()
    {
        ParsedFrame parsed = Parse(GoldenFrames.IcmpEcho, out byte[] frame);
        Assert.True(IcmpView.TryParse(frame.AsSpan(parsed.L4Offset, parsed.L4Length), out IcmpView icmp));
        Assert.Equal((IcmpView.EchoRequest, 0x4242, 3), (icmp.Type, icmp.Identifier, icmp.Sequence));

        using var made = new NativeBytes(16);
        IcmpHeader.Write(made.At, IcmpView.EchoRequest, 0, 0x4242_0003);
        "abcdefgh"u8.CopyTo(made.Span[8..]);
        IcmpHeader.Complete(made.At, 16);
        Assert.Equal(frame.AsSpan(parsed.L4Offset), made.Span);
    }

    [Fact]
    public void Tags_are_seen_through()
    {
        ParsedFrame one = Parse(GoldenFrames.UdpVlan, out _);
        Assert.Equal((42, 18, 6), (one.Vlan, one.L3Offset, one.PayloadLength));
        Assert.Equal(new MacKey(42, Alpha), one.SourceKey);
        ParsedFrame two = Parse(GoldenFrames.UdpTwoVlans, out byte[] frame);
        Assert.Equal((100, 22, 5), (two.Vlan, two.L3Offset, two.PayloadLength));
        Assert.True(EthernetView.TryParse(frame, out EthernetView ethernet));
        Assert.Equal((2, 42), (ethernet.TagCount, ethernet.InnerVlan));
    }

    [Fact]
    public void Ipv6_reads()
    {
        ParsedFrame tcp = Parse(GoldenFrames.TcpV6, out _);
        Assert.Equal(("fd00::1", "fd00::2", 443, 3), (tcp.Source.ToString(), tcp.Destination.ToString(), tcp.DestinationPort, tcp.PayloadLength));
        ParsedFrame udp = Parse(GoldenFrames.UdpV6, out byte[] frame);
        using var made = new NativeBytes(frame.AsSpan(54));
        UdpHeader.Complete(made.At, made.Length, udp.Source, udp.Destination);
        using var header = new NativeBytes(40);
        Ipv6Header.Write(header.At, udp.Source, udp.Destination, IpProtocol.Udp, 12);
        Assert.Equal(frame.AsSpan(14, 40), header.Span);
        Assert.Equal(frame.AsSpan(54), made.Span);
    }

    [Fact]
    public void Fragments_and_options_read()
    {
        ParsedFrame fragment = Parse(GoldenFrames.LaterFragment, out _);
        Assert.Equal((true, 0, 24), (fragment.IsFragment, fragment.SourcePort, fragment.PayloadLength));
        ParsedFrame options = Parse(GoldenFrames.IpOptions, out _);
        Assert.Equal((38, 2, 2), (options.L4Offset, options.DestinationPort, options.PayloadLength));
    }

    [Fact]
    public void Padding_of_a_short_frame_is_no_payload()
    {
        byte[] frame = [.. Convert.FromHexString(GoldenFrames.Udp), 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa];
        Assert.Equal(60, frame.Length);
        fixed (byte* at = frame)
        {
            Assert.Equal(ParseResult.Ok, ParsedFrame.TryParse(at, 60, 60, out ParsedFrame parsed));
            Assert.Equal((11, 19), (parsed.PayloadLength, parsed.L4Length));
        }
    }

    [Theory]
    [InlineData(14, 1, ParseResult.Truncated)]
    [InlineData(14, 0x46, ParseResult.Truncated)]
    [InlineData(14, 0x44, ParseResult.BadHeader)]
    [InlineData(14, 0x65, ParseResult.BadHeader)]
    [InlineData(16, 0xff, ParseResult.Truncated)]
    [InlineData(17, 19, ParseResult.BadHeader)]
    [InlineData(38, 1, ParseResult.BadHeader)]
    [InlineData(39, 7, ParseResult.BadHeader)]
    [InlineData(12, 9, ParseResult.NotIp)]
    public void Lies_are_named(int offset, byte value, ParseResult expected)
    {
        byte[] frame = Convert.FromHexString(GoldenFrames.Udp);
        bool isShort = value == 1 && offset == 14;
        int length = isShort ? 30 : offset == 14 && value == 0x46 ? 36 : frame.Length;
        if (!isShort)
        {
            frame[offset] = value;
        }
        fixed (byte* at = frame)
        {
            Assert.Equal(expected, ParsedFrame.TryParse(at, length, length, out _));
        }
    }

    [Fact]
    public void A_segmented_frame_is_parsed_from_its_head()
    {
        using var head = new NativeBytes(192);
        byte* at = head.At + EthernetHeader.Write(head.At, Beta, Alpha, EtherType.Ipv4);
        at += Ipv4Header.Write(at, new Ipv4Fields(AlphaIp, BetaIp, IpProtocol.Tcp, 65_535));
        TcpHeader.Write(at, new TcpFields(1, 2, 3, 4) { Flags = TcpFlags.Ack });
        Assert.Equal(ParseResult.Ok, ParsedFrame.TryParse(head.At, 192, 65_549, out ParsedFrame parsed));
        Assert.Equal(65_495, parsed.PayloadLength);
        Assert.Equal(ParseResult.Truncated, ParsedFrame.TryParse(head.At, 192, 65_548, out _));
    }

    private static ParsedFrame Parse(string hex, out byte[] frame)
    {
        frame = Convert.FromHexString(hex);
        fixed (byte* at = frame)
        {
            Assert.Equal(ParseResult.Ok, ParsedFrame.TryParse(at, frame.Length, frame.Length, out ParsedFrame parsed));
            Assert.Equal((Alpha, Beta), (parsed.SourceMac, parsed.DestinationMac));
            return parsed;
        }
    }

    private static void AssertTcp(string golden, ushort id, in TcpFields fields, ReadOnlySpan<byte> options, ReadOnlySpan<byte> payload)
    {
        using var made = new NativeBytes(200);
        int tcpLength = TcpView.Size + options.Length + payload.Length;
        byte* ip = made.At + EthernetHeader.Write(made.At, Beta, Alpha, EtherType.Ipv4);
        byte* tcp = ip + Ipv4Header.Write(ip, new Ipv4Fields(AlphaIp, BetaIp, IpProtocol.Tcp, Ipv4View.Size + tcpLength) { Identification = id });
        int headerLength = TcpHeader.Write(tcp, fields, options);
        payload.CopyTo(new Span<byte>(tcp + headerLength, payload.Length));
        TcpHeader.Complete(tcp, tcpLength, AlphaIp, BetaIp);
        Assert.Equal(golden, Convert.ToHexStringLower(made.Span[..(34 + tcpLength)]));
    }
}
