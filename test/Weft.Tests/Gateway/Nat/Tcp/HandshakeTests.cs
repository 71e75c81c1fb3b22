using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway.Nat.Tcp;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>Births of flows, from both sides, and those that are not to be.</summary>
public sealed class HandshakeTests : IDisposable
{
    private static readonly HostEnd Client = new(IpAddress.FromV4(0xc6336409), 5555);

    private readonly TcpBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(true, true, 7)]
    [InlineData(true, false, 0)]
    [InlineData(false, true, 14)]
    [InlineData(false, false, -1)]
    [InlineData(true, true, -1)]
    public void What_the_guest_offers_is_agreed_and_nothing_else(bool sack, bool timestamps, int scale)
    {
        _bench.World.Serve(TcpBench.Server, () => new EchoPeer());
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server, new GuestOptions { Sack = sack, Timestamps = timestamps, Scale = scale, Mss = 1200 });
        Assert.True(_bench.RunUntil(() => guest.IsOpen));
        GuestSegment answer = guest.SynAck!;
        Assert.Equal((ushort)1460, answer.Mss);
        Assert.Equal(sack, answer.SackPermitted);
        Assert.Equal(timestamps, answer.Timestamps is not null);
        Assert.Equal(scale >= 0, answer.Scale >= 0);
        guest.Write(100_000);
        guest.Expected = 100_000;
        Assert.True(_bench.RunUntil(() => guest.Received == 100_000));
        Assert.Equal(-1, guest.FirstWrong);
        Assert.Empty(_bench.Violations);
    }

    [Fact]
    public void The_guest_hears_nothing_before_the_keeper_has_the_descriptor()
    {
        _bench.World.Serve(TcpBench.Server, () => new EchoPeer());
        _bench.Host.Keeper.IsBlocked = true;
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server);
        _bench.Run(500_000);
        Assert.Equal(0, _bench.SegmentsOut);
        Assert.Equal(TcpRecordState.Dialling, _bench.Table.All[0].State);
        _bench.Host.Keeper.IsBlocked = false;
        Assert.True(_bench.RunUntil(() => guest.IsOpen));
        Assert.Equal(TcpRecordState.Established, _bench.Table.All[0].State);
    }

    [Fact]
    public void Without_a_free_slot_at_the_keeper_nothing_is_answered_and_nothing_stays()
    {
        _bench.World.Serve(TcpBench.Server, () => new EchoPeer());
        _bench.Host.Keeper.Limit = 0;
        _bench.Guest.Dial(TcpBench.Server);
        _bench.Run(500_000);
        Assert.Equal(1ul, _bench.Drops(DropReason.KeeperBusy));
        Assert.Equal(0, _bench.SegmentsOut);
        _bench.AssertNothingLeft();
    }

    [Fact]
    public void Refused_is_a_reset()
    {
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server);
        Assert.True(_bench.RunUntil(() => guest.SawReset));
        Assert.Equal(1ul, _bench.Drops(DropReason.HostRefused));
        _bench.AssertNothingLeft();
    }

    [Fact]
    public void Unreachable_asks_for_an_icmp_error()
    {
        _bench.World.Unreachable.Add(TcpBench.Server.Address);
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server);
        Assert.True(_bench.RunUntil(() => _bench.Told.Count > 0, 900_000));
        (FlowKey key, byte code, uint firstWord) = Assert.Single(_bench.Told);
        Assert.Equal((1, guest.Iss, guest.Local.Port), (code, firstWord, key.GuestPort));
        _bench.AssertNothingLeft();
    }

    [Fact]
    public void A_route_that_is_missing_and_a_full_descriptor_table_are_told()
    {
        _bench.World.ConnectError = _ => Errno.NetworkUnreachable;
        _bench.Guest.Dial(TcpBench.Server);
        Assert.True(_bench.RunUntil(() => _bench.Told.Count == 1, 900_000));
        _bench.World.ConnectError = _ => 0;
        _bench.Host.Descriptors.Limit = _bench.Host.Descriptors.Count;
        _bench.Guest.Dial(TcpBench.Server);
        _bench.Run(1_000);
        Assert.Equal(0, _bench.Host.Descriptors.Count);
        _bench.Host.Seam.FailAt(1, Errno.TooManyFiles);
        _bench.Guest.Dial(TcpBench.Server);
        Assert.True(_bench.RunUntil(() => _bench.Told.Count >= 2, 900_000));
        Assert.True(_bench.Drops(DropReason.DescriptorLimit) >= 1);
    }

    [Fact]
    public void Policy_says_no_with_a_reset()
    {
        _bench.Facts = _bench.Facts with { Flags = NetworkFlags.Gateway | NetworkFlags.Nat };
        GuestTcp loopback = _bench.Guest.Dial(new HostEnd(TcpBench.GatewayAddress, 22));
        GuestTcp neighbour = _bench.Guest.Dial(new HostEnd(IpAddress.FromV4(0x0a140063), 22));
        Assert.True(_bench.RunUntil(() => loopback.SawReset && neighbour.SawReset));
        Assert.Equal((1ul, 1ul), (_bench.Drops(DropReason.PolicyLoopback), _bench.Drops(DropReason.NoRoute)));
        Assert.Equal(0, _bench.Host.Descriptors.Count);
    }

    [Fact]
    public void The_gateway_stands_for_the_hosts_loopback_except_for_our_own_ports()
    {
        _bench.World.Serve(new HostEnd(IpAddress.FromV4(0x7f000001), 8080), () => new EchoPeer());
        _bench.Access.Protect(9090);
        GuestTcp allowed = _bench.Guest.Dial(new HostEnd(TcpBench.GatewayAddress, 8080));
        GuestTcp denied = _bench.Guest.Dial(new HostEnd(TcpBench.GatewayAddress, 9090));
        Assert.True(_bench.RunUntil(() => allowed.IsOpen && denied.SawReset));
        Assert.Equal(1ul, _bench.Drops(DropReason.PolicyControlPort));
    }

    [Fact]
    public void Lost_and_repeated_syns_make_one_connection()
    {
        int dials = 0;
        _bench.World.Serve(TcpBench.Server, () => { dials++; return new EchoPeer(); });
        int lost = 0;
        _bench.ToGuest.Loses = segment => segment.Is(GuestSegment.Syn) && lost++ < 2;
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server);
        Assert.True(_bench.RunUntil(() => guest.IsOpen));
        Assert.Equal((1, 1), (dials, _bench.Table.Count));
        guest.Write(10);
        guest.Expected = 10;
        Assert.True(_bench.RunUntil(() => guest.Received == 10));
    }

    [Fact]
    public void A_guest_that_never_completes_the_handshake_is_given_up()
    {
        _bench.World.Serve(TcpBench.Server, () => new EchoPeer());
        _bench.ToGuest.Loses = _ => true;
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server);
        _bench.Run(3_000_000);
        Assert.Equal(1, _bench.Table.Count);
        _bench.ToHost.IsCut = true;
        Assert.True(_bench.RunUntil(() => _bench.Table.Count == 0, 200_000_000));
        Assert.False(guest.IsOpen);
        _bench.AssertNothingLeft();
    }

    [Fact]
    public void Half_open_dials_of_a_guest_are_capped()
    {
        using var bench = new TcpBench(capacity: 512);
        bench.World.Blackholes.Add(TcpBench.Server.Address);
        for (int i = 0; i < 300; i++)
        {
            bench.Guest.Dial(TcpBench.Server);
        }
        bench.Run(10_000);
        Assert.Equal(128, bench.Table.Count);
        Assert.Equal(172ul, bench.Drops(DropReason.HalfOpenLimit));
        bench.ToHost.IsCut = true;
        Assert.True(bench.RunUntil(() => bench.Table.Count == 0, 80_000_000));
        bench.AssertNothingLeft();
    }

    [Fact]
    public void A_reset_of_the_guest_ends_a_dial()
    {
        _bench.World.Blackholes.Add(TcpBench.Server.Address);
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server);
        _bench.Run(1_000);
        guest.Forge(guest.Iss + 5000, 0, GuestSegment.Rst);
        _bench.Run(1_000);
        Assert.Equal(1, _bench.Table.Count);
        guest.Forge(guest.Iss + 1, 0, GuestSegment.Rst);
        _bench.Run(1_000);
        _bench.ToHost.IsCut = true;
        _bench.AssertNothingLeft();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_guest_that_starts_anew_from_the_same_port_is_heard(bool answered)
    {
        _bench.World.Serve(TcpBench.Server, () => new EchoPeer());
        _bench.World.Latency = answered ? 100 : 100_000;
        _bench.ToGuest.IsCut = true;
        GuestTcp first = _bench.Guest.Dial(TcpBench.Server, port: 1234);
        _bench.Run(10_000);
        Assert.Equal(answered ? TcpPhase.Answering : TcpPhase.Dialling, _bench.PhaseOf(0));
        _bench.Guest.Forget(first);
        _bench.ToGuest.IsCut = false;
        GuestTcp second = _bench.Guest.Dial(TcpBench.Server, port: 1234);
        Assert.True(_bench.RunUntil(() => second.IsOpen, 900_000));
        Assert.Equal(1, _bench.Table.Count);
    }

    [Fact]
    public void A_rebooted_guest_gets_through_on_the_port_of_its_old_connection()
    {
        _bench.World.Serve(TcpBench.Server, () => new EchoPeer());
        GuestTcp first = _bench.Guest.Dial(TcpBench.Server, port: 1234);
        first.Write(5000);
        first.Expected = 5000;
        Assert.True(_bench.RunUntil(() => first.Received == 5000));
        _bench.Guest.Forget(first);
        GuestTcp second = _bench.Guest.Dial(TcpBench.Server, port: 1234);
        second.Write(5000);
        second.Expected = 5000;
        Assert.True(_bench.RunUntil(() => second.Received == 5000, 3_000_000));
        Assert.Equal(-1, second.FirstWrong);
        Assert.Equal(1, _bench.Table.Count);
    }

    [Fact]
    public void A_host_client_reaches_a_guest_through_a_forward()
    {
        _bench.Guest.Listen(80);
        var peer = new AnsweringPeer(question: 30_000, answer: 40_000);
        Call(peer);
        Assert.True(_bench.RunUntil(() => _bench.Guest.Accepted.Count > 0 && _bench.Guest.Accepted[0].IsOpen));
        GuestTcp guest = _bench.Guest.Accepted[0];
        guest.Expected = 40_000;
        guest.Write(30_000);
        guest.Finish();
        Assert.True(_bench.RunUntil(() => guest.IsFinished));
        Assert.Equal((40_000L, -1L, -1L), (guest.Received, guest.FirstWrong, peer.FirstWrong));
        Assert.True(peer.SawFin);
        Assert.Empty(_bench.Violations);
        _bench.AssertNothingLeft();
    }

    [Fact]
    public void A_guest_that_refuses_resets_the_host_client()
    {
        var peer = new QuietPeer();
        Call(peer);
        Assert.True(_bench.RunUntil(() => peer.SawReset));
        _bench.AssertNothingLeft();
    }

    [Fact]
    public void A_call_gets_past_a_connection_that_only_the_guest_remembers()
    {
        _bench.Guest.Listen(80);
        Call(new QuietPeer());
        Assert.True(_bench.RunUntil(() => _bench.Guest.Accepted.Count > 0 && _bench.Guest.Accepted[0].IsOpen));
        _bench.ToGuest.IsCut = true;
        _bench.Translator.Dispose();
        _bench.Kill();
        _bench.ToGuest.IsCut = false;
        var peer = new AnsweringPeer(question: 0, answer: 10);
        Call(peer);
        Assert.True(_bench.RunUntil(() => _bench.Guest.Accepted.Count > 1 && _bench.Guest.Accepted[1].IsOpen, 5_000_000));
    }

    [Fact]
    public void An_unknown_segment_is_reset_as_the_rfc_says()
    {
        _bench.Guest.Seen = [];
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server);
        _bench.RunUntil(() => guest.SawReset);
        _bench.Guest.Seen.Clear();
        guest.Forge(1000, 5000, GuestSegment.Ack, new byte[10]);
        guest.Forge(1000, 0, GuestSegment.Fin, new byte[10]);
        guest.Forge(1000, 5000, GuestSegment.Rst);
        _bench.Run(10_000);
        Assert.Equal(2, _bench.Guest.Seen.Count);
        Assert.Equal((5000u, GuestSegment.Rst), (_bench.Guest.Seen[0].Seq, _bench.Guest.Seen[0].Flags));
        Assert.Equal((0u, 1011u, (byte)(GuestSegment.Rst | GuestSegment.Ack)),
            (_bench.Guest.Seen[1].Seq, _bench.Guest.Seen[1].AckNumber, _bench.Guest.Seen[1].Flags));
    }

    private void Call(TcpPeer peer)
    {
        _bench.OpenForward();
        _bench.Call(Client, peer);
        Assert.True(_bench.RunUntil(() => _bench.Table.Count > 0));
        _bench.CloseForward();
    }
}
