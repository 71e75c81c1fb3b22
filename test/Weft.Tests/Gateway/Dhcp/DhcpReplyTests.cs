using Weft.Engine;
using Weft.Gateway.Dhcp;
using Weft.Gateway.Names;
using Weft.Wire;
using static Weft.Tests.Gateway.TestNetwork;

namespace Weft.Tests.Gateway.Dhcp;

/// <summary>What stands in replies, where they go, and what is no request at all.</summary>
public sealed class DhcpReplyTests : IDisposable
{
    private static readonly MacAddress Alpha = Mac("52:54:00:00:00:0a");

    private readonly DhcpBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Options_come_in_the_order_of_the_clients_list()
    {
        _bench.Nics.Put(new GuestNic(1, Alpha, default, "alpha"));
        var client = new DhcpClient(Alpha)
        {
            ClientId = [0, 9, 9],
            Extra = { (DhcpOption.ParameterList, [28, 26, 15, 12, 28, 42, 121]), (DhcpOption.RelayAgent, [1, 2, 7, 7]) },
        };
        DhcpAnswer offer = _bench.Send(client.Discover());
        Assert.Equal([53, 54, 51, 58, 59, 1, 3, 6, 28, 26, 15, 12, 61, 82, 255], offer.Codes);
        Assert.Equal("alpha"u8.ToArray(), offer.Option(12));
        Assert.Equal("weft.internal"u8.ToArray(), offer.Option(15));
        Assert.Equal([5, 220], offer.Option(26)!);
        Assert.Equal([10, 20, 0, 255], offer.Option(28)!);
        Assert.Equal([255, 255, 255, 0], offer.Option(1)!);
        Assert.Equal([0, 9, 9], offer.Option(61)!);
        Assert.Equal([1, 2, 7, 7], offer.Option(82)!);
    }

    [Fact]
    public void Without_a_list_all_options_come()
    {
        DhcpAnswer offer = _bench.Send(new DhcpClient(Alpha).Discover());
        Assert.Equal([53, 54, 51, 58, 59, 1, 3, 6, 15, 26, 28, 255], offer.Codes);
        Assert.Equal(new byte[] { 2, 1, 6, 0, 0xab, 0xcd, 0x12, 0x34 }, offer.Bytes[..8]);
    }

    [Fact]
    public void A_network_that_leads_nowhere_names_no_router()
    {
        using var bench = new DhcpBench(DhcpBench.DefaultScope with { Router = default, Dns = default });
        DhcpAnswer offer = bench.Send(new DhcpClient(Alpha).Discover());
        Assert.Equal(300, offer.Bytes.Length);
        Assert.Null(offer.Option(DhcpOption.Router));
        Assert.Null(offer.Option(DhcpOption.DnsServer));
    }

    [Theory]
    [InlineData(30u, 60u)]
    [InlineData(600u, 600u)]
    [InlineData(uint.MaxValue, 3600u)]
    public void A_wished_lease_time_is_kept_within_bounds(uint wish, uint given)
    {
        var client = new DhcpClient(Alpha) { Extra = { (DhcpOption.LeaseTime, [(byte)(wish >> 24), (byte)(wish >> 16), (byte)(wish >> 8), (byte)wish]) } };
        Assert.Equal(given, _bench.Send(client.Discover()).Seconds(51));
    }

    [Fact]
    public void The_longest_client_id_and_relay_information_fit()
    {
        var client = new DhcpClient(Alpha)
        {
            ClientId = new byte[255],
            Extra = { (DhcpOption.RelayAgent, new byte[255]), (DhcpOption.MaxMessageSize, [2, 64]) },
        };
        DhcpAnswer offer = _bench.Send(client.Discover());
        Assert.Equal([53, 54, 51, 58, 59, 1, 3, 6], offer.Codes[..8]);
        Assert.Equal([61, 82, 255], offer.Codes[^3..]);
    }

    [Fact]
    public void Replies_go_where_the_client_hears_them()
    {
        DhcpReply unicast = _bench.Send(new DhcpClient(Alpha).Discover()).Reply;
        Assert.Equal((Ip("10.20.0.15"), (ushort)68, Alpha), (unicast.To, unicast.ToPort, unicast.ToMac));
        DhcpReply broadcast = _bench.Send(new DhcpClient(Alpha) { Broadcast = true }.Discover()).Reply;
        Assert.Equal((Ip("255.255.255.255"), (ushort)68, MacAddress.Broadcast), (broadcast.To, broadcast.ToPort, broadcast.ToMac));
        var relayed = new DhcpClient(Alpha) { Relay = Ip("10.20.0.2") };
        MacAddress relay = Mac("52:54:00:00:00:99");
        DhcpReply toRelay = _bench.Send(relayed.Discover(), source: relay).Reply;
        Assert.Equal((Ip("10.20.0.2"), (ushort)67, relay), (toRelay.To, toRelay.ToPort, toRelay.ToMac));
        DhcpAnswer nak = _bench.Send(relayed.InitReboot(Ip("192.0.2.1")), source: relay);
        Assert.True(nak.HasBroadcastFlag);
        Assert.Equal((Ip("10.20.0.2"), (ushort)67), (nak.Reply.To, nak.Reply.ToPort));
        var elsewhere = new DhcpClient(Alpha) { Relay = Ip("192.0.2.1") };
        Assert.Equal(DropReason.NotForUs, _bench.Send(elsewhere.Discover()).Reply.Reason);
    }

    [Fact]
    public void Options_may_stand_in_file_and_sname()
    {
        byte[] message = new DhcpClient(Alpha) { Extra = { (DhcpOption.Overload, [3]) } }.Discover();
        byte[] inFile = [DhcpOption.RequestedAddress, 4, 10, 20, 0, 25, 255];
        byte[] inName = [DhcpOption.HostName, 3, (byte)'w', (byte)'e', (byte)'b', 255];
        inFile.CopyTo(message, 108);
        inName.CopyTo(message, 44);
        Assert.Equal(Ip("10.20.0.25"), _bench.Send(message).Your);
        message[108 + 1] = 127;
        Assert.Equal(DropReason.BadHeader, _bench.Send(message).Reply.Reason);
    }

    [Fact]
    public void Ten_a_second_per_mac()
    {
        byte[] message = new DhcpClient(Alpha).Discover();
        Assert.Equal(20, Enumerable.Range(0, 100).Count(_ => _bench.Send(message).Type == DhcpMessageType.Offer));
        Assert.Equal(DropReason.RateLimited, _bench.Send(message).Reply.Reason);
        Assert.Equal(DhcpMessageType.Offer, _bench.Send(new DhcpClient(Mac("52:54:00:00:00:0b")).Discover()).Type);
        _bench.Wait(1);
        Assert.Equal(10, Enumerable.Range(0, 100).Count(_ => _bench.Send(message).Type == DhcpMessageType.Offer));
    }

    [Fact]
    public void Every_cut_and_every_random_message_is_a_reply_or_a_named_drop()
    {
        byte[] whole = new DhcpClient(Alpha) { ClientId = [0, 1, 2], Extra = { (DhcpOption.HostName, "web"u8.ToArray()) } }.Discover();
        for (int length = 0; length < 240; length++)
        {
            Assert.Equal(DropReason.BadHeader, _bench.Send(whole[..length]).Reply.Reason);
        }
        var random = new Random(3);
        for (int i = 0; i < 50_000; i++)
        {
            byte[] bytes = (byte[])whole.Clone();
            int changes = random.Next(1, 8);
            for (int change = 0; change < changes; change++)
            {
                bytes[random.Next(4, bytes.Length)] = (byte)random.Next(256);
            }
            DhcpReply reply = _bench.Send(bytes[..random.Next(236, bytes.Length + 1)], port: (ulong)random.Next(3)).Reply;
            Assert.True(reply.Outcome != DhcpOutcome.None || reply.Length == 0);
            _bench.Micros += random.Next(200_000);
        }
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 6)]
    [InlineData(2, 16)]
    [InlineData(236, 0)]
    public void What_is_no_request_of_an_ethernet_client_is_dropped(int at, byte value)
    {
        byte[] message = new DhcpClient(Alpha).Discover();
        message[at] = value;
        Assert.Equal(DropReason.BadHeader, _bench.Send(message).Reply.Reason);
    }

    [Fact]
    public void Bootp_is_not_served()
    {
        byte[] message = new DhcpClient(Alpha).Discover();
        message[240] = 60;
        Assert.Equal(DropReason.ProtocolUnsupported, _bench.Send(message).Reply.Reason);
    }
}
