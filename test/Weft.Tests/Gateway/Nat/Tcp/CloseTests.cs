using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>Deaths of flows: FINs in every order, resets, and segments that must not be believed.</summary>
public sealed class CloseTests : IDisposable
{
    private readonly TcpBench _bench = new();
    private readonly QuietPeer _peer = new();

    public CloseTests()
    {
        _bench.World.Serve(TcpBench.Server, () => _peer);
    }

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void The_guest_closes_first_and_still_hears_the_host()
    {
        GuestTcp guest = Open();
        guest.Write(5000);
        guest.Finish();
        Assert.True(_bench.RunUntil(() => _peer.SawFin && guest.FinAcknowledged));
        Assert.Equal(5000, _peer.BytesRead);
        guest.Expected = 9000;
        _peer.Say(9000);
        _peer.Finish();
        Assert.True(_bench.RunUntil(() => guest.IsFinished));
        AssertRight(guest, 9000);
    }

    [Fact]
    public void The_host_closes_first_and_still_hears_the_guest()
    {
        GuestTcp guest = Open();
        _peer.Say(9000);
        _peer.Finish();
        Assert.True(_bench.RunUntil(() => guest.SawFin));
        Assert.Equal(9000, guest.Received);
        _bench.Run(300_000);
        guest.Write(5000);
        Assert.True(_bench.RunUntil(() => _peer.BytesRead == 5000));
        guest.Finish();
        Assert.True(_bench.RunUntil(() => guest.IsFinished && _peer.SawFin));
        AssertRight(guest, 9000);
    }

    [Fact]
    public void Both_close_at_once()
    {
        GuestTcp guest = Open();
        guest.Write(100);
        guest.Finish();
        _peer.Say(100);
        _peer.Finish();
        Assert.True(_bench.RunUntil(() => guest.IsFinished && _peer.SawFin));
        AssertRight(guest, 100);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Lost_fins_and_lost_acknowledgements_of_them_come_again(int lose)
    {
        GuestTcp guest = Open();
        int seen = 0;
        (lose < 2 ? _bench.ToGuest : _bench.ToHost).Loses = segment =>
            (lose % 2 == 0 ? segment.Is(GuestSegment.Fin) : segment.AckNumber == (lose == 1 ? guest.Iss + 2 : guest.PeerIsn + 2)) && seen++ < 2;
        guest.Finish();
        _bench.Run(3_000);
        _peer.Finish();
        Assert.True(_bench.RunUntil(() => guest.IsFinished && _peer.SawFin && _bench.Table.Count == 0, 5_000_000));
        _bench.AssertNothingLeft();
    }

    [Fact]
    public void A_reset_of_the_host_reaches_the_guest()
    {
        GuestTcp guest = Open();
        _peer.Reset();
        Assert.True(_bench.RunUntil(() => guest.SawReset));
        _bench.AssertNothingLeft();
    }

    [Fact]
    public void A_reset_of_the_host_reaches_a_guest_that_has_lost_what_came_before()
    {
        GuestTcp guest = Open();
        _bench.ToGuest.Loses = segment => segment.Payload.Length > 0;
        _peer.Say(3000);
        _bench.Run(1_000);
        _peer.Reset();
        Assert.True(_bench.RunUntil(() => guest.SawReset));
        Assert.Equal(1, guest.ChallengesSent);
    }

    [Fact]
    public void A_reset_of_the_host_reaches_a_guest_whose_acknowledgements_were_lost()
    {
        GuestTcp guest = Open();
        _bench.ToHost.IsCut = true;
        _peer.Say(3000);
        _bench.Run(600_000);
        Assert.Equal(3000, guest.Received);
        _peer.Reset();
        Assert.True(_bench.RunUntil(() => guest.SawReset, 1_000_000));
    }

    [Fact]
    public void A_megabyte_acknowledged_with_the_last_fin_is_taken_from_the_socket_before_it_is_closed()
    {
        const long Size = 3 << 20;
        _bench.World.ReceiveBuffer = 4 << 20;
        var source = new AnsweringPeer(question: 1, answer: Size);
        _bench.World.Serve(TcpBench.Server, () => source);
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server, GuestOptions.Usual with { ReceiveBuffer = 4 << 20, AckAfter = 4 << 20, AckDelay = 900_000 });
        guest.Write(1);
        guest.Finish();

        // An old segment in the same burst makes us owe an ACK, too.
        guest.OnFin = ended => ended.Forge(ended.Iss + 1, ended.RcvNxt, GuestSegment.Ack, new byte[1]);
        Assert.True(_bench.RunUntil(() => guest.IsFinished && _bench.Table.Count == 0));
        AssertRight(guest, Size);
    }

    [Fact]
    public void A_reset_of_the_guest_reaches_the_host()
    {
        GuestTcp guest = Open();
        guest.Reset();
        Assert.True(_bench.RunUntil(() => _peer.SawReset));
        _bench.AssertNothingLeft();
    }

    [Fact]
    public void A_reset_that_is_not_exact_is_challenged_and_one_outside_the_window_ignored()
    {
        GuestTcp guest = Open();
        _bench.Guest.Seen = [];
        guest.Reset(offset: 1);
        _bench.Run(1_000);
        Assert.Single(_bench.Guest.Seen);
        guest.Reset(offset: 1u << 30);
        guest.Reset(offset: unchecked((uint)-1));
        _bench.Run(1_000);
        Assert.Single(_bench.Guest.Seen);
        Assert.False(_peer.SawReset);
        AssertAlive(guest);
    }

    [Fact]
    public void A_syn_in_an_open_connection_is_challenged()
    {
        GuestTcp guest = Open();
        _bench.Guest.Seen = [];
        guest.Forge(guest.Iss + 77, 0, GuestSegment.Syn);
        guest.Forge(guest.Iss, 0, GuestSegment.Syn);
        _bench.Run(1_000);
        Assert.All(_bench.Guest.Seen, segment => Assert.Equal((GuestSegment.Ack, guest.Iss + 1), (segment.Flags, segment.AckNumber)));
        Assert.NotEmpty(_bench.Guest.Seen);
        AssertAlive(guest);
    }

    [Fact]
    public void An_acknowledgement_of_what_was_never_sent_is_challenged()
    {
        GuestTcp guest = Open();
        _bench.Guest.Seen = [];
        guest.Forge(guest.SndMax, guest.RcvNxt + 1, GuestSegment.Ack, Bytes(100));
        guest.Forge(guest.SndMax, guest.RcvNxt - (1u << 25), GuestSegment.Ack, Bytes(100));
        _bench.Run(1_000);
        Assert.NotEmpty(_bench.Guest.Seen);
        Assert.Equal(0, _peer.BytesRead);
        AssertAlive(guest);
    }

    [Fact]
    public void A_segment_stamped_too_long_ago_is_answered_and_not_taken()
    {
        GuestTcp guest = Open();
        _bench.Run(100_000);
        guest.Write(10);
        _bench.Run(10_000);
        _bench.Guest.Seen = [];
        guest.Forge(guest.SndMax, guest.RcvNxt, GuestSegment.Ack, Bytes(100), stamps: (guest.Iss, 0));
        _bench.Run(1_000);
        Assert.Single(_bench.Guest.Seen);
        Assert.Equal(10, _peer.BytesRead);
        AssertAlive(guest);
    }

    [Fact]
    public void A_stamp_outside_the_window_does_not_poison_the_flow()
    {
        GuestTcp guest = Open();
        uint future = 0x4000_0000 + (uint)(_bench.World.Time.Now / 1000) + guest.Iss;
        guest.Forge(guest.SndMax - 50_000, guest.RcvNxt, GuestSegment.Ack, Bytes(10), stamps: (future, 0));
        _bench.Run(1_000);
        AssertAlive(guest);
    }

    [Fact]
    public void A_connection_that_both_forgot_can_be_made_again_from_the_same_port()
    {
        GuestTcp guest = Open(port: 1234);
        guest.Finish();
        _peer.Finish();
        Assert.True(_bench.RunUntil(() => guest.IsFinished && _bench.Table.Count == 0));
        var second = new SinkPeer();
        _bench.World.Serve(TcpBench.Server, () => second);
        GuestTcp again = _bench.Guest.Dial(TcpBench.Server, port: 1234);
        again.Write(1000);
        again.Finish();
        Assert.True(_bench.RunUntil(() => again.IsFinished));
        Assert.Equal((1000L, -1L), (second.BytesRead, second.FirstWrong));
    }

    [Fact]
    public void An_idle_connection_costs_no_turns_and_ends_after_two_hours()
    {
        GuestTcp guest = Open();
        _bench.Run(1_000_000);
        ulong turns = _bench.Lane.Turns;
        _bench.Run(3_600_000_000);
        Assert.InRange(_bench.Lane.Turns - turns, 0ul, 10ul);
        Assert.True(guest.IsOpen);
        _bench.Run(3_900_000_000);
        Assert.Equal(0, _bench.Table.Count);
        Assert.True(guest.SawReset);
        Assert.True(_peer.SawReset);
    }

    [Fact]
    public void Bytes_still_to_be_read_by_a_slow_host_survive_the_guests_end()
    {
        var slow = new SlowReader(buffer: 4000, chunk: 1000, pause: 5_000);
        _bench.World.Serve(TcpBench.Server, () => slow);
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server);
        Assert.True(_bench.RunUntil(() => guest.IsOpen));
        guest.Write(150_000);
        guest.Finish();
        Assert.True(_bench.RunUntil(() => slow.SawFin && guest.IsFinished));
        Assert.Equal((150_000L, -1L), (slow.BytesRead, slow.FirstWrong));
        _bench.AssertNothingLeft();
    }

    private GuestTcp Open(ushort port = 0)
    {
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server, port: port);
        Assert.True(_bench.RunUntil(() => guest.IsOpen));
        _bench.Run(1_000);
        return guest;
    }

    private void AssertAlive(GuestTcp guest)
    {
        long before = _peer.BytesRead;
        guest.Write(1000);
        Assert.True(_bench.RunUntil(() => _peer.BytesRead == before + 1000, 900_000));
        Assert.Equal(0, guest.TimeOuts);
    }

    private void AssertRight(GuestTcp guest, long received)
    {
        Assert.Equal((received, -1L), (guest.Received, guest.FirstWrong));
        Assert.Empty(_bench.Violations);
        _bench.AssertNothingLeft();
    }

    private static byte[] Bytes(int count) => new byte[count];
}
