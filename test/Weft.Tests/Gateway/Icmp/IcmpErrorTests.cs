using Weft.Gateway.Icmp;
using Weft.Wire;
using static Weft.Tests.Gateway.TestNetwork;

namespace Weft.Tests.Gateway.Icmp;

public sealed unsafe class IcmpErrorTests
{
    [Fact]
    public void Fragmentation_needed_quotes_the_packet_and_names_the_mtu()
    {
        byte[] offending = Udp("10.20.0.9", "192.0.2.1", 2000);
        byte[] error = Write(offending.AsSpan(0, 178), IcmpView.Unreachable, IcmpView.CodeFragmentationNeeded, 1400);
        Assert.True(Ipv4View.TryParse(error, out Ipv4View ip));
        Assert.True(ip.HeaderChecksumIsRight && Checksum.IsRight(Checksum.Sum(ip.Payload)));
        Assert.Equal((Facts.Gateway, Ip("10.20.0.9")), (ip.Source, ip.Destination));
        Assert.True(IcmpView.TryParse(ip.Payload, out IcmpView icmp));
        Assert.Equal((IcmpView.Unreachable, IcmpView.CodeFragmentationNeeded, 1400u), (icmp.Type, icmp.Code, icmp.RestOfHeader));
        Assert.Equal(offending[..178], icmp.Payload.ToArray());
    }

    [Fact]
    public void A_quote_ends_with_the_packet_and_at_576_bytes()
    {
        byte[] small = Udp("10.20.0.9", "192.0.2.1", 10);
        Assert.Equal(28 + small.Length, Write([.. small, .. new byte[18]], IcmpView.TimeExceeded, 0).Length);
        Assert.Equal(IcmpError.MaxSize, Write(Udp("10.20.0.9", "192.0.2.1", 1400), IcmpView.TimeExceeded, 0).Length);
        Assert.Empty(Write(new byte[10], IcmpView.TimeExceeded, 0));
    }

    [Theory]
    [InlineData("10.20.0.9", "192.0.2.1", true)]
    [InlineData("0.0.0.0", "192.0.2.1", false)]
    [InlineData("224.0.0.1", "192.0.2.1", false)]
    [InlineData("127.0.0.1", "192.0.2.1", false)]
    [InlineData("10.20.0.9", "255.255.255.255", false)]
    [InlineData("10.20.0.9", "224.0.0.251", false)]
    [InlineData("10.20.0.9", "10.20.0.255", false)]
    public void Only_between_unicast_addresses(string source, string destination, bool allowed) =>
        Assert.Equal(allowed, IcmpError.IsAllowed(Facts, Udp(source, destination, 10), GatewayMac));

    [Fact]
    public void Never_about_group_frames_fragments_and_errors()
    {
        byte[] packet = Udp("10.20.0.9", "192.0.2.1", 10);
        Assert.False(IcmpError.IsAllowed(Facts, packet, MacAddress.Broadcast));
        Assert.False(IcmpError.IsAllowed(Facts, packet.AsSpan(0, 19), GatewayMac));
        packet[6] = 0x20;
        Assert.True(IcmpError.IsAllowed(Facts, packet, GatewayMac));
        packet[7] = 1;
        Assert.False(IcmpError.IsAllowed(Facts, packet, GatewayMac));
        for (int type = 0; type < 256; type++)
        {
            byte[] icmp = Udp("10.20.0.9", "192.0.2.1", 10);
            icmp[9] = IpProtocol.Icmp;
            icmp[20] = (byte)type;
            Assert.Equal(type is 0 or 8 or 13 or 14, IcmpError.IsAllowed(Facts, icmp, GatewayMac));
        }
    }

    [Fact]
    public void One_guest_cannot_use_up_the_networks_share()
    {
        var limit = new IcmpErrorLimit();
        Assert.Equal(20, Enumerable.Range(0, 5000).Count(_ => limit.TryTake(Ip("10.20.0.9"), 0)));
        Assert.True(limit.TryTake(Ip("10.20.0.10"), 0));
        int later = Enumerable.Range(1, 10_000).Count(i => limit.TryTake(Ip("10.20.0.9"), 1_000_000 + i * 100));
        Assert.InRange(later, 69, 71);
    }

    private static byte[] Write(ReadOnlySpan<byte> offending, byte type, byte code, ushort info = 0)
    {
        byte[] error = new byte[IcmpError.MaxSize];
        fixed (byte* to = error)
        {
            return error[..IcmpError.Write(to, Facts.Gateway, offending, type, code, info)];
        }
    }

    private static byte[] Udp(string source, string destination, int payload)
    {
        byte[] packet = new byte[28 + payload];
        fixed (byte* at = packet)
        {
            Ipv4Header.Write(at, new Ipv4Fields(Ip(source), Ip(destination), IpProtocol.Udp, packet.Length));
            UdpHeader.Write(at + 20, 1000, 2000, payload);
        }
        return packet;
    }
}
