using Weft.Engine;
using Weft.Engine.State;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Udp;

public sealed class UdpTranslatorTests : IDisposable
{
    private readonly UdpScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_datagram_goes_out_whole_with_one_hop_less()
    {
        _scene.Send(UdpScene.Guest, UdpScene.Server, 1400);
        Datagram sent = Assert.Single(_scene.World.Sent);
        Assert.Equal(UdpScene.Server, sent.To);
        Assert.Equal(63, sent.TimeToLive);
        Assert.Equal((1400, -1L), (sent.Payload.Length, Pattern.FirstWrong(sent.Payload, 0)));
    }

    [Fact]
    public void One_guest_end_has_one_mapping_for_all_its_peers()
    {
        _scene.Send(UdpScene.Guest, UdpScene.Server);
        _scene.Send(UdpScene.Guest, UdpScene.Server with { Port = 8 });
        _scene.Send(UdpScene.Guest with { Port = 5001 }, UdpScene.Server);
        _scene.Send(UdpScene.OtherGuest, UdpScene.Server);
        ushort[] ports = [.. _scene.World.Sent.Select(datagram => datagram.From.Port)];
        Assert.Equal(ports[0], ports[1]);
        Assert.Equal(3, ports.Distinct().Count());
        Assert.Equal((4, 3), (_scene.Table.FlowCount, _scene.Table.SocketCount));
    }

    [Fact]
    public void An_answer_reaches_the_guest_from_its_peer()
    {
        _scene.World.ServeUdpEcho(UdpScene.Server);
        _scene.Send(UdpScene.Guest, UdpScene.Server, 333);
        _scene.Run(1_000);
        AssertAnswer(Assert.Single(_scene.Side.Sent), UdpScene.Server, UdpScene.Guest, 333);
    }

    [Fact]
    public void The_gateways_address_is_the_hosts_loopback_both_ways()
    {
        var local = new HostEnd(UdpScene.Loopback, 9999);
        _scene.World.ServeUdpEcho(local);
        _scene.Send(UdpScene.Guest, new HostEnd(UdpScene.Gateway, 9999));
        _scene.Run(1_000);
        Assert.Equal(local, _scene.World.Sent[0].To);
        AssertAnswer(Assert.Single(_scene.Side.Sent), new HostEnd(UdpScene.Gateway, 9999), UdpScene.Guest, 10);
    }

    [Fact]
    public void A_closed_loopback_opens_nothing_and_says_so()
    {
        _scene.Side.Facts = _scene.Side.Facts with { Flags = NetworkFlags.Nat };
        _scene.Send(UdpScene.Guest, new HostEnd(UdpScene.Gateway, 9999));
        Assert.Empty(_scene.World.Sent);
        Assert.Equal(1ul, _scene.Drops(DropReason.PolicyLoopback));
        SentError error = Assert.Single(_scene.Errors.Sent);
        Assert.Equal((UdpScene.Gateway, IcmpView.Unreachable, IcmpView.CodeProhibited), (error.From, error.Type, error.Code));
        _scene.AssertEmpty();
    }

    [Fact]
    public void The_dns_address_is_the_upstream_both_ways()
    {
        var upstream = new HostEnd(IpAddress.FromV4(0xc0000235), 53);
        _scene.Access.Upstream = upstream;
        _scene.World.ServeUdpEcho(upstream);
        _scene.Send(UdpScene.Guest, new HostEnd(UdpScene.Dns, 53));
        _scene.Run(1_000);
        AssertAnswer(Assert.Single(_scene.Side.Sent), new HostEnd(UdpScene.Dns, 53), UdpScene.Guest, 10);
    }

    [Fact]
    public void Two_names_of_one_host_end_answer_under_the_one_used_last()
    {
        _scene.Access.Upstream = new HostEnd(UdpScene.Loopback, 53);
        _scene.World.ServeUdpEcho(_scene.Access.Upstream);
        _scene.Send(UdpScene.Guest, new HostEnd(UdpScene.Dns, 53));
        _scene.Run(1_000);
        _scene.Send(UdpScene.Guest, new HostEnd(UdpScene.Gateway, 53));
        _scene.Run(1_000);
        AssertAnswer(_scene.Side.Sent[0], new HostEnd(UdpScene.Dns, 53), UdpScene.Guest, 10);
        AssertAnswer(_scene.Side.Sent[1], new HostEnd(UdpScene.Gateway, 53), UdpScene.Guest, 10);
        Assert.Equal((1, 1), (_scene.Table.FlowCount, _scene.Table.SocketCount));
    }

    [Fact]
    public void A_stranger_does_not_get_in()
    {
        _scene.Send(UdpScene.Guest, UdpScene.Server);
        HostEnd mapped = new(_scene.World.HostAddress, _scene.World.Sent[0].From.Port);
        _scene.World.SendUdp(UdpScene.Server with { Port = 8 }, mapped, [1]);
        _scene.World.SendUdp(new HostEnd(UdpScene.Loopback, 7), mapped, [1]);
        _scene.World.SendUdp(UdpScene.Server, mapped, [1]);
        _scene.Run(1_000);
        Assert.Single(_scene.Side.Sent);
        Assert.Equal(2ul, _scene.Drops(DropReason.NotForUs));
    }

    [Fact]
    public void A_large_answer_comes_in_fragments()
    {
        _scene.World.ServeUdp(UdpScene.Server, datagram => _scene.World.SendUdp(UdpScene.Server, datagram.From, Numbers(9_001)));
        _scene.Send(UdpScene.Guest, UdpScene.Server);
        _scene.Run(1_000);
        Assert.Equal(7, _scene.Side.Sent.Count);
        Assert.All(_scene.Side.Sent, packet => Assert.InRange(packet.Bytes.Length, 21, 1500));
        Assert.Single(_scene.Side.Sent.Select(packet => packet.Ip.Identification).Distinct());
        AssertDatagram(Reassemble(_scene.Side.Sent), UdpScene.Server, UdpScene.Guest, Numbers(9_001));
    }

    [Fact]
    public void Fragments_without_room_for_all_are_not_begun()
    {
        _scene.World.ServeUdp(UdpScene.Server, datagram => _scene.World.SendUdp(UdpScene.Server, datagram.From, Numbers(9_001)));
        _scene.Send(UdpScene.Guest, UdpScene.Server);
        _scene.Side.Room = 6;
        _scene.Run(1_000);
        Assert.Empty(_scene.Side.Sent);
        Assert.Equal(1ul, _scene.Drops(DropReason.PortFull));
    }

    [Fact]
    public void What_a_guest_has_no_room_for_waits_in_the_socket()
    {
        _scene.World.ServeUdpEcho(UdpScene.Server);
        _scene.Side.Room = 2;
        for (int i = 0; i < 5; i++)
        {
            _scene.Send(UdpScene.Guest, UdpScene.Server, 10 + i);
        }
        _scene.Run(1_000);
        Assert.Equal(2, _scene.Side.Sent.Count);
        Assert.True(_scene.Translator.HasWork);
        _scene.Side.Room = 100;
        _scene.EndTurn();
        Assert.Equal([10, 11, 12, 13, 14], _scene.Side.Sent.Select(packet => packet.Payload.Length - UdpView.Size));
    }

    [Fact]
    public unsafe void A_wrong_checksum_is_dropped_and_a_missing_or_open_one_is_not()
    {
        _scene.Send(UdpScene.Guest, UdpScene.Server, 500);
        _scene.Packet.L3[Ipv4View.Size + UdpView.Size + 300]++;
        _scene.Give();
        Assert.Equal(1ul, _scene.Drops(DropReason.BadChecksum));
        _scene.Packet.SetOffload(new Offload { Flags = Offload.NeedsChecksum });
        _scene.Give();
        _scene.Packet.SetOffload(default);
        Checksum.Store(_scene.Packet.L3 + Ipv4View.Size + UdpView.ChecksumOffset, 0);
        _scene.Give();
        Assert.Equal((3, 1ul), (_scene.World.Sent.Count, _scene.Drops(DropReason.BadChecksum)));
    }

    [Fact]
    public void A_segmented_datagram_that_nobody_offered_is_dropped()
    {
        _scene.Send(UdpScene.Guest, UdpScene.Server);
        _scene.Packet.SetOffload(new Offload { GsoType = Offload.GsoUdpL4 });
        _scene.Give();
        Assert.Equal((1, 1ul), (_scene.World.Sent.Count, _scene.Drops(DropReason.BadOffload)));
    }

    [Fact]
    public void A_closed_port_is_told_by_the_peer_about_the_packet_as_the_guest_sent_it()
    {
        _scene.Send(UdpScene.Guest, new HostEnd(UdpScene.Gateway, 4321), 40);
        _scene.Run(1_000);
        AssertError(IcmpView.Unreachable, IcmpView.CodePortUnreachable, UdpScene.Gateway, new HostEnd(UdpScene.Gateway, 4321), 40);
        Assert.Equal(1, _scene.Table.FlowCount);
    }

    [Fact]
    public void A_router_on_the_way_is_told_by_its_own_address()
    {
        _scene.World.Hops[UdpScene.Server.Address] = 5;
        _scene.Send(UdpScene.Guest, UdpScene.Server, [1, 2, 3], timeToLive: 4);
        _scene.Run(1_000);
        AssertError(IcmpView.TimeExceeded, 0, IpAddress.FromV4(0xc6120003), UdpScene.Server, 3);
    }

    [Fact]
    public void An_error_that_waits_does_not_fail_the_next_datagram()
    {
        _scene.World.ServeUdpEcho(UdpScene.Server);
        _scene.Send(UdpScene.Guest, UdpScene.Server with { Port = 1 });
        _scene.World.Time.Advance(1_000);
        _scene.Send(UdpScene.Guest, UdpScene.Server);
        Assert.Equal(2, _scene.World.Sent.Count);
        _scene.Run(1_000);
        Assert.Single(_scene.Errors.Sent);
        Assert.Single(_scene.Side.Sent);
    }

    [Fact]
    public void A_send_that_fails_is_told_and_counted()
    {
        _scene.Send(UdpScene.Guest, UdpScene.Server);
        _scene.Host.Seam.FailAt(1, Errno.NetworkUnreachable);
        _scene.Send(UdpScene.Guest, UdpScene.Server);
        Assert.Equal(1ul, _scene.Drops(DropReason.HostUnreachable));
        Assert.Equal(IcmpView.CodeHostUnreachable, Assert.Single(_scene.Errors.Sent).Code);
    }

    [Theory]
    [InlineData(7, false, 30)]
    [InlineData(7, true, 180)]
    [InlineData(53, true, 10)]
    public void Flows_live_as_long_as_RFC_4787_wants(ushort port, bool isAnswered, int seconds)
    {
        HostEnd server = UdpScene.Server with { Port = port };
        if (isAnswered)
        {
            _scene.World.ServeUdpEcho(server);
        }
        else
        {
            _scene.World.Blackholes.Add(server.Address);
        }
        _scene.Send(UdpScene.Guest, server);
        _scene.Run((seconds - 1) * 1_000_000L);
        Assert.Equal(1, _scene.Table.FlowCount);
        _scene.Run(2_000_000);
        _scene.AssertEmpty();
    }

    [Fact]
    public void Use_renews_a_flow()
    {
        _scene.World.Blackholes.Add(UdpScene.Server.Address);
        for (int i = 0; i < 4; i++)
        {
            _scene.Send(UdpScene.Guest, UdpScene.Server);
            _scene.Run(29_000_000);
        }
        Assert.Single(_scene.World.Sent.Select(datagram => datagram.From.Port).Distinct());
        _scene.Run(2_000_000);
        _scene.AssertEmpty();
    }

    private static byte[] Numbers(int length)
    {
        byte[] bytes = new byte[length];
        Pattern.Fill(bytes, 0);
        return bytes;
    }

    private static void AssertAnswer(SentPacket packet, HostEnd from, HostEnd to, int length)
    {
        Assert.Equal(to.Address, packet.Guest);
        Assert.Equal(Offload.NeedsChecksum, packet.Offload.Flags);
        Assert.Equal(14 + Ipv4View.Size, packet.Offload.ChecksumStart);
        byte[] udp = packet.Payload;
        // As the receiver of the offload does: the field holds the pseudo header's sum, the rest is added.
        ushort checksum = Checksum.Finish(Checksum.Sum(udp));
        BitConverter.TryWriteBytes(udp.AsSpan(packet.Offload.ChecksumOffset), checksum);
        Assert.Equal((from.Address, to.Address), (packet.Ip.Source, packet.Ip.Destination));
        AssertDatagram(udp, from, to, Numbers(length));
    }

    private static void AssertDatagram(byte[] udp, HostEnd from, HostEnd to, byte[] payload)
    {
        Assert.True(Checksum.IsRight(Checksum.Sum(udp, Checksum.Pseudo(from.Address, to.Address, IpProtocol.Udp, udp.Length))));
        Assert.True(UdpView.TryParse(udp, out UdpView view));
        Assert.Equal((from.Port, to.Port), (view.SourcePort, view.DestinationPort));
        Assert.Equal(payload, view.Payload.ToArray());
    }

    private void AssertError(byte type, byte code, IpAddress from, HostEnd to, int length)
    {
        SentError error = Assert.Single(_scene.Errors.Sent);
        Assert.Equal((type, code, from), (error.Type, error.Code, error.From));
        Assert.True(Ipv4View.TryParse(error.Offending, out Ipv4View ip));
        Assert.Equal((UdpScene.Guest.Address, to.Address), (ip.Source, ip.Destination));
        Assert.True(UdpView.TryParse(ip.Payload, out UdpView udp));
        Assert.Equal((UdpScene.Guest.Port, to.Port, length), (udp.SourcePort, udp.DestinationPort, udp.Payload.Length));
    }

    private static byte[] Reassemble(IEnumerable<SentPacket> fragments)
    {
        var whole = new MemoryStream();
        bool isLast = false;
        foreach (SentPacket packet in fragments)
        {
            Assert.False(isLast);
            Assert.Equal(whole.Length, packet.Ip.FragmentStart);
            Assert.False(packet.Ip.DontFragment);
            isLast = !packet.Ip.MoreFragments;
            whole.Write(packet.Payload);
        }
        Assert.True(isLast);
        return whole.ToArray();
    }
}
