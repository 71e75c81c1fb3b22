using Weft.Engine;
using Weft.Gateway.Nat.Ping;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Ping;

public sealed class PingTranslatorTests : IDisposable
{
    private readonly PingScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_reply_has_the_guests_identifier_sequence_and_payload()
    {
        _scene.Ping(PingScene.Far, identifier: 0x1234, sequence: 7);
        _scene.Ping(PingScene.Far, identifier: 0x1234, sequence: 8);
        _scene.Run();
        Assert.Equal(63, _scene.World.Sent[0].TimeToLive);
        Assert.Equal(2, _scene.Side.Sent.Count);
        Assert.Equal(1, _scene.Table.Count);
        SentPacket packet = _scene.Side.Sent[1];
        Assert.Equal((PingScene.Far, PingScene.Guest, IpProtocol.Icmp), (packet.Ip.Source, packet.Ip.Destination, packet.Ip.Protocol));
        byte[] message = packet.Payload;
        Assert.True(Checksum.IsRight(Checksum.Sum(message)));
        Assert.True(IcmpView.TryParse(message, out IcmpView icmp));
        Assert.Equal((IcmpView.EchoReply, 0x1234, 8, 56), (icmp.Type, icmp.Identifier, icmp.Sequence, icmp.Payload.Length));
        Assert.Equal(-1, Pattern.FirstWrong(icmp.Payload, 8));
    }

    [Fact]
    public void Each_identifier_has_a_socket_of_its_own()
    {
        _scene.Ping(PingScene.Far, 1, 1);
        _scene.Ping(PingScene.Far, 2, 1);
        _scene.Run();
        Assert.Equal(2, _scene.Table.Count);
        Assert.Equal([1, 2], _scene.Side.Sent.Select(packet => packet.Payload[5]).Order().Select(low => (int)low));
    }

    [Fact]
    public void A_large_reply_comes_in_fragments()
    {
        _scene.Ping(PingScene.Far, 1, 1, length: 4000);
        _scene.Run();
        Assert.Equal(3, _scene.Side.Sent.Count);
        byte[] whole = [.. _scene.Side.Sent.SelectMany(packet => packet.Payload)];
        Assert.Equal(4008, whole.Length);
        Assert.True(Checksum.IsRight(Checksum.Sum(whole)));
    }

    [Fact]
    public void No_reply_is_invented()
    {
        _scene.Ping(IpAddress.FromV4(0xc6336499), 1, 1);
        _scene.Run();
        Assert.Empty(_scene.Side.Sent);
        _scene.Host.Sockets.PingAllowed = false;
        _scene.Ping(PingScene.Far, 2, 1);
        _scene.Run();
        Assert.Empty(_scene.Side.Sent);
        Assert.True(_scene.Translator.IsForbidden);
        Assert.Equal(1ul, _scene.Drops(DropReason.ProtocolUnsupported));
        _scene.Host.Sockets.PingAllowed = true;
        _scene.Ping(PingScene.Far, 2, 1);
        Assert.False(_scene.Translator.IsForbidden);
    }

    [Theory]
    [InlineData(IcmpView.TimeExceeded)]
    [InlineData(IcmpView.Unreachable)]
    public void Errors_quote_the_packet_as_the_guest_sent_it(byte type)
    {
        if (type == IcmpView.TimeExceeded)
        {
            _scene.World.Hops[PingScene.Far] = 5;
        }
        else
        {
            _scene.World.Unreachable.Add(PingScene.Far);
        }
        _scene.Ping(PingScene.Far, identifier: 0x1234, sequence: 7, timeToLive: 3);
        _scene.Run();
        SentError error = Assert.Single(_scene.Errors.Sent);
        Assert.Equal(type, error.Type);
        Assert.Equal(type == IcmpView.TimeExceeded ? IpAddress.FromV4(0xc6120002) : _scene.World.HostAddress, error.From);
        Assert.True(Ipv4View.TryParse(error.Offending, out Ipv4View ip));
        Assert.Equal((PingScene.Guest, PingScene.Far), (ip.Source, ip.Destination));
        Assert.True(IcmpView.TryParse(ip.Payload, out IcmpView icmp));
        Assert.Equal((IcmpView.EchoRequest, 0x1234, 7), (icmp.Type, icmp.Identifier, icmp.Sequence));
    }

    [Fact]
    public unsafe void Only_whole_echo_requests_with_a_right_checksum_go()
    {
        _scene.Packet.Echo(PingScene.Guest, PingScene.Far, 1, 1, [1, 2, 3]);
        _scene.Packet.L3[Ipv4View.Size + IcmpView.Size]++;
        _scene.Give();
        Assert.Equal(1ul, _scene.Drops(DropReason.BadChecksum));
        _scene.Packet.L3[Ipv4View.Size] = 13;
        _scene.Give();
        Assert.Equal(1ul, _scene.Drops(DropReason.ProtocolUnsupported));
        _scene.Ping(IpAddress.FromV4(0x7f000001), 1, 1);
        Assert.Equal(1ul, _scene.Drops(DropReason.PolicyLoopback));
        Assert.Empty(_scene.World.Sent);
    }

    [Fact]
    public void Flows_end_after_thirty_seconds_and_give_way_at_the_cap()
    {
        for (ushort i = 0; i < PingTable.FlowsPerGuest + 3; i++)
        {
            _scene.Ping(PingScene.Far, i, 1);
        }
        Assert.Equal(PingTable.FlowsPerGuest, _scene.Table.Count);
        Assert.Equal(3ul, _scene.Drops(DropReason.FlowLimit));
        _scene.Run(29_000_000);
        Assert.Equal(PingTable.FlowsPerGuest, _scene.Table.Count);
        _scene.Run(31_000_000);
        _scene.AssertEmpty();
    }

    [Fact]
    public void At_the_descriptor_limit_the_guests_oldest_gives_way()
    {
        _scene.Host.Descriptors.Limit = 2;
        for (ushort i = 0; i < 4; i++)
        {
            _scene.Ping(PingScene.Far, i, 1);
        }
        Assert.Equal((2, 4, 2ul), (_scene.Table.Count, _scene.World.Sent.Count, _scene.Drops(DropReason.DescriptorLimit)));
    }

    [Fact]
    public void A_reply_under_way_outlives_the_worker()
    {
        _scene.Ping(PingScene.Far, 0x1234, 7);
        Assert.Equal(0, _scene.Restart());
        _scene.Run();
        Assert.Equal(0x34, Assert.Single(_scene.Side.Sent).Payload[5]);
        _scene.Run(31_000_000);
        _scene.AssertEmpty();
    }

    [Fact]
    public void A_reply_waits_while_the_guest_has_no_room()
    {
        _scene.Side.Room = 0;
        _scene.Ping(PingScene.Far, 1, 1);
        _scene.Run();
        Assert.True(_scene.Translator.HasWork);
        _scene.Translator.End(0);
        Assert.False(_scene.Translator.HasWork);
    }
}
