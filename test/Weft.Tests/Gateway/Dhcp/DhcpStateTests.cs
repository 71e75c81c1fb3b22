using Weft.Engine;
using Weft.Gateway.Dhcp;
using Weft.Gateway.Names;
using Weft.Wire;
using static Weft.Tests.Gateway.TestNetwork;

namespace Weft.Tests.Gateway.Dhcp;

/// <summary>RFC 2131 §4.3, message by message, in virtual time.</summary>
public sealed class DhcpStateTests : IDisposable
{
    private static readonly IpAddress First = Ip("10.20.0.15");
    private static readonly IpAddress Second = Ip("10.20.0.16");

    private readonly DhcpBench _bench = new();
    private readonly DhcpClient _alpha = new(Mac("52:54:00:00:00:0a"));
    private readonly DhcpClient _beta = new(Mac("52:54:00:00:00:0b"));

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Discover_offers_the_first_address_and_holds_it_ten_seconds()
    {
        DhcpAnswer offer = _bench.Send(_alpha.Discover());
        Assert.Equal((DhcpMessageType.Offer, First, DhcpOutcome.Send), (offer.Type, offer.Your, offer.Reply.Outcome));
        Assert.Null(offer.Reply.Change);
        Assert.Equal(Second, _bench.Send(_beta.Discover(First)).Your);
        _bench.Wait(11);
        Assert.Equal(First, _bench.Send(new DhcpClient(Mac("52:54:00:00:00:0c")).Discover(First)).Your);
        Assert.Equal(0, _bench.RecordsInUse);
    }

    [Fact]
    public void The_same_client_is_offered_the_same_address()
    {
        Assert.Equal(First, _bench.Send(_alpha.Discover()).Your);
        _bench.Wait(100);
        Assert.Equal(First, _bench.Send(_alpha.Discover(Second)).Your);
    }

    [Fact]
    public void A_wish_is_heard_when_it_can_be_met()
    {
        Assert.Equal(Ip("10.20.0.20"), _bench.Send(_alpha.Discover(Ip("10.20.0.20"))).Your);
        Assert.Equal(First, _bench.Send(_beta.Discover(Ip("192.0.2.1"))).Your);
        Assert.Equal(Second, _bench.Send(new DhcpClient(Mac("52:54:00:00:00:0c")).Discover(Ip("10.20.0.1"))).Your);
    }

    [Fact]
    public void Selecting_us_binds_after_commit()
    {
        _bench.Send(_alpha.Discover());
        DhcpAnswer ack = _bench.Send(_alpha.Selecting(First, Facts.Gateway));
        Assert.Equal((DhcpMessageType.Ack, First, DhcpOutcome.SendAfterCommit), (ack.Type, ack.Your, ack.Reply.Outcome));
        Assert.Equal((3600u, 1800u, 3150u), (ack.Seconds(51), ack.Seconds(58), ack.Seconds(59)));
        LeaseChange change = ack.Reply.Change!;
        Assert.Equal(("lab", First, Mac("52:54:00:00:00:0a"), _bench.Now.UnixSeconds + 3600), (change.Network, change.Address, change.Mac, change.Expires));
        Assert.Equal(1, _bench.RecordsInUse);
        Assert.Equal((7ul, First, 1ul), (_bench.Records[0].NetworkId, _bench.Records[0].Address, _bench.Records[0].PortId));
    }

    [Fact]
    public void Selecting_another_server_takes_our_offer_back()
    {
        _bench.Send(_alpha.Discover());
        DhcpAnswer none = _bench.Send(_alpha.Selecting(First, Ip("10.20.0.2")));
        Assert.Equal((DhcpOutcome.None, DropReason.NotForUs), (none.Reply.Outcome, none.Reply.Reason));
        Assert.Equal(First, _bench.Send(_beta.Discover(First)).Your);
    }

    [Fact]
    public void Selecting_what_was_not_offered_is_refused()
    {
        _bench.Send(_alpha.Discover());
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(_alpha.Selecting(Second, Facts.Gateway)).Type);
    }

    [Fact]
    public void Selecting_after_a_restart_in_between_still_binds()
    {
        _bench.Send(_alpha.Discover());
        _bench.Restart();
        Assert.Equal(DhcpMessageType.Ack, _bench.Send(_alpha.Selecting(First, Facts.Gateway)).Type);
    }

    [Fact]
    public void Init_reboot_with_the_clients_own_address_is_confirmed()
    {
        _alpha.Obtain(_bench);
        DhcpAnswer ack = _bench.Send(_alpha.InitReboot(First));
        Assert.Equal((DhcpMessageType.Ack, First), (ack.Type, ack.Your));
    }

    [Theory]
    [InlineData("10.20.0.16")]
    [InlineData("192.168.1.7")]
    [InlineData("10.20.0.1")]
    [InlineData("10.20.0.255")]
    public void Init_reboot_with_another_address_is_refused_to_everybody(string address)
    {
        _alpha.Obtain(_bench);
        DhcpAnswer nak = _bench.Send(_alpha.InitReboot(Ip(address)));
        Assert.Equal((DhcpMessageType.Nak, DhcpOutcome.Send), (nak.Type, nak.Reply.Outcome));
        Assert.Equal((Ip("255.255.255.255"), MacAddress.Broadcast), (nak.Reply.To, nak.Reply.ToMac));
        Assert.Equal([53, 54, 56, 255], nak.Codes);
        Assert.True(nak.Your.IsUnspecified && nak.Client.IsUnspecified);
    }

    [Theory]
    [InlineData("10.20.0.15", DhcpMessageType.Ack)]
    [InlineData("10.20.0.40", DhcpMessageType.Nak)]
    [InlineData("192.168.1.7", DhcpMessageType.Nak)]
    internal void A_client_without_record_gets_what_is_free(string address, DhcpMessageType expected)
    {
        Assert.Equal(expected, _bench.Send(_alpha.InitReboot(Ip(address))).Type);
        Assert.Equal(expected, _bench.Send(_beta.Renewing(Ip(address) == First ? Second : Ip(address))).Type);
    }

    [Fact]
    public void Beside_another_server_a_client_without_record_gets_silence_but_a_wrong_network_is_refused()
    {
        using var bench = new DhcpBench(DhcpBench.DefaultScope with { IsAuthoritative = false });
        Assert.Equal(DhcpOutcome.None, bench.Send(_alpha.InitReboot(First)).Reply.Outcome);
        Assert.Equal(DhcpOutcome.None, bench.Send(_alpha.Renewing(First)).Reply.Outcome);
        Assert.Equal(DhcpMessageType.Nak, bench.Send(_alpha.InitReboot(Ip("192.168.1.7"))).Type);
    }

    [Fact]
    public void A_taken_address_is_refused()
    {
        _alpha.Obtain(_bench);
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(_beta.InitReboot(First)).Type);
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(_beta.Renewing(First)).Type);
    }

    [Fact]
    public void Renewing_extends_and_answers_the_address_itself()
    {
        _alpha.Obtain(_bench);
        _bench.Wait(1800);
        DhcpAnswer ack = _bench.Send(_alpha.Renewing(First), source: Mac("52:54:00:00:00:0a"));
        Assert.Equal((DhcpMessageType.Ack, First, Mac("52:54:00:00:00:0a")), (ack.Type, ack.Reply.To, ack.Reply.ToMac));
        Assert.Equal(First, ack.Client);
        _bench.Wait(3599);
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(_beta.InitReboot(First)).Type);
        _bench.Wait(2);
        Assert.Equal(DhcpMessageType.Ack, _bench.Send(_beta.InitReboot(First)).Type);
    }

    [Fact]
    public void A_lease_that_ended_is_renewed_while_nobody_else_has_it()
    {
        _alpha.Obtain(_bench);
        _bench.Wait(100_000);
        Assert.Equal(DhcpMessageType.Ack, _bench.Send(_alpha.Renewing(First)).Type);
    }

    [Fact]
    public void Release_frees_but_remembers()
    {
        _alpha.Obtain(_bench);
        DhcpAnswer none = _bench.Send(_alpha.Release(First, Facts.Gateway));
        Assert.Equal((DhcpOutcome.None, DropReason.None), (none.Reply.Outcome, none.Reply.Reason));
        Assert.Equal(_bench.Now.UnixSeconds, none.Reply.Change!.Expires);
        Assert.Equal(0, _bench.RecordsInUse);
        Assert.Equal(Second, _bench.Send(_beta.Discover()).Your);
        Assert.Equal(First, _bench.Send(_alpha.Discover()).Your);
        Assert.Equal(First, _alpha.Obtain(_bench));
    }

    [Fact]
    public void Release_and_decline_of_what_is_not_ones_own_are_ignored()
    {
        _alpha.Obtain(_bench);
        Assert.Equal(DropReason.NotForUs, _bench.Send(_beta.Release(First, Facts.Gateway)).Reply.Reason);
        Assert.Equal(DropReason.NotForUs, _bench.Send(_beta.Decline(First, Facts.Gateway)).Reply.Reason);
        Assert.Equal(DhcpMessageType.Ack, _bench.Send(_alpha.Renewing(First)).Type);
    }

    [Fact]
    public void A_declined_address_is_left_alone_and_the_client_gets_another()
    {
        _alpha.Obtain(_bench);
        Assert.NotNull(_bench.Send(_alpha.Decline(First, Facts.Gateway)).Reply.Change);
        Assert.Equal(Second, _bench.Send(_alpha.Discover(First)).Your);
        Assert.Equal(Ip("10.20.0.17"), _bench.Send(_beta.Discover(First)).Your);
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(new DhcpClient(Mac("52:54:00:00:00:0c")).InitReboot(First)).Type);
    }

    [Fact]
    public void Inform_gives_options_without_a_lease()
    {
        DhcpAnswer ack = _bench.Send(_alpha.Inform(Ip("10.20.0.200")));
        Assert.Equal((DhcpMessageType.Ack, DhcpOutcome.Send, Ip("10.20.0.200")), (ack.Type, ack.Reply.Outcome, ack.Reply.To));
        Assert.True(ack.Your.IsUnspecified);
        Assert.Null(ack.Option(DhcpOption.LeaseTime));
        Assert.Equal(Ip("10.20.0.1").V4, ack.Seconds(DhcpOption.Router));
    }

    [Fact]
    public void A_reservation_is_the_nics_alone_under_any_client_id()
    {
        _bench.Nics.Put(new GuestNic(1, Mac("52:54:00:00:00:0a"), First, "alpha"));
        Assert.Equal(Second, _bench.Send(_beta.Discover(First), port: 2).Your);
        Assert.Equal(First, _alpha.Obtain(_bench));
        var installer = new DhcpClient(Mac("52:54:00:00:00:0a")) { ClientId = [255, 1, 2, 3, 4, 5] };
        Assert.Equal(First, installer.Obtain(_bench));
        Assert.Equal(First, _alpha.Obtain(_bench));
    }

    [Fact]
    public void A_reservation_made_later_moves_its_holder_away()
    {
        _beta.Obtain(_bench, port: 2);
        _bench.Nics.Put(new GuestNic(1, Mac("52:54:00:00:00:0a"), First, "alpha"));
        Assert.Equal(Second, _alpha.Obtain(_bench));
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(_beta.Renewing(First), port: 2).Type);
        _bench.Send(_beta.Release(First, Facts.Gateway), port: 2);
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(_alpha.Renewing(Second)).Type);
        Assert.Equal(First, _alpha.Obtain(_bench));
    }

    [Fact]
    public void A_reservation_may_lie_outside_the_pool()
    {
        _bench.Nics.Put(new GuestNic(1, Mac("52:54:00:00:00:0a"), Ip("10.20.0.200"), "alpha"));
        Assert.Equal(Ip("10.20.0.200"), _alpha.Obtain(_bench));
    }

    [Fact]
    public void A_repeated_hardware_address_as_client_id_is_the_same_client()
    {
        _alpha.Obtain(_bench);
        var same = new DhcpClient(Mac("52:54:00:00:00:0a")) { ClientId = [1, 0x52, 0x54, 0, 0, 0, 0x0a] };
        Assert.Equal(First, same.Obtain(_bench));
    }

    [Fact]
    public void A_jump_of_the_wall_clock_ends_no_lease()
    {
        _alpha.Obtain(_bench);
        _bench.UnixOffset += 10 * 365 * 86_400L;
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(_beta.InitReboot(First)).Type);
        _bench.UnixOffset -= 20 * 365 * 86_400L;
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(_beta.InitReboot(First)).Type);
        _bench.Restart();
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(_beta.InitReboot(First)).Type);
    }

    [Fact]
    public void A_successor_finds_every_lease_and_name()
    {
        _bench.Nics.Put(new GuestNic(1, Mac("52:54:00:00:00:0a"), default, "alpha"));
        _alpha.Obtain(_bench);
        var named = new DhcpClient(Mac("52:54:00:00:00:0b")) { Extra = { (DhcpOption.HostName, "Beta.example"u8.ToArray()) } };
        named.Obtain(_bench, port: 2);
        _bench.Restart();
        Assert.Equal(2, _bench.RecordsInUse);
        Assert.Equal(DhcpMessageType.Ack, _bench.Send(_alpha.Renewing(First)).Type);
        Assert.True(_bench.Names.TryFind("alpha"u8, _bench.Micros, out IpAddress alpha));
        Assert.True(_bench.Names.TryFind("BETA"u8, _bench.Micros, out IpAddress beta));
        Assert.Equal((First, Second), (alpha, beta));
        _bench.Wait(3601);
        Assert.False(_bench.Names.TryFind("beta"u8, _bench.Micros, out _));
    }

    [Fact]
    public void A_reserved_address_has_its_vms_name_with_and_without_a_lease()
    {
        _bench.Nics.Put(new GuestNic(1, Mac("52:54:00:00:00:0a"), First, "alpha"));
        _bench.Server.RenewNames(_bench.Micros);
        Assert.True(_bench.Names.TryFind("alpha"u8, _bench.Micros, out _));
        _alpha.Obtain(_bench);
        _bench.Send(_alpha.Release(First, Facts.Gateway));
        _bench.Wait(100_000);
        Assert.True(_bench.Names.TryFind("alpha"u8, _bench.Micros, out IpAddress address));
        Assert.Equal(First, address);
        _bench.Nics.Remove(1);
        _bench.Server.RenewNames(_bench.Micros);
        Assert.False(_bench.Names.TryFind("alpha"u8, _bench.Micros, out _));
    }

    [Fact]
    public void A_reservation_is_not_given_to_its_mac_at_another_port()
    {
        _bench.Nics.Put(new GuestNic(1, Mac("52:54:00:00:00:0a"), First, "alpha"));
        Assert.Equal(Second, _alpha.Obtain(_bench, port: 66));
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(new DhcpClient(Mac("52:54:00:00:00:0a")).InitReboot(First), port: 66).Type);
    }

    [Fact]
    public void A_guest_cannot_take_a_name_that_is_somebody_elses()
    {
        _bench.Nics.Put(new GuestNic(2, Mac("52:54:00:00:00:0b"), default, "beta"));
        foreach (string name in (string[])["beta", "gateway", "HOST", "-bad", "a b", ""])
        {
            var liar = new DhcpClient(Mac("52:54:00:00:00:0a")) { Extra = { (DhcpOption.HostName, System.Text.Encoding.ASCII.GetBytes(name)) } };
            liar.Obtain(_bench);
            Assert.False(_bench.Names.TryFind("beta"u8, _bench.Micros, out _));
            Assert.True(_bench.Names.TryFind("gateway"u8, _bench.Micros, out IpAddress gateway) && gateway == Facts.Gateway);
            _bench.Wait(10);
        }
        _beta.Obtain(_bench, port: 2);
        Assert.True(_bench.Names.TryFind("beta"u8, _bench.Micros, out IpAddress beta));
        Assert.Equal(Second, beta);
    }
}
