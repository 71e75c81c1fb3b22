using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>Windows of both sides that close and open again, and the ACKs that tell of ours.</summary>
public sealed class WindowTests : IDisposable
{
    private const long Size = 2 << 20;

    private readonly TcpBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_guest_that_shuts_its_window_for_a_minute_is_probed_and_served_on(bool updateIsLost)
    {
        GuestTcp guest = Download(Size);
        Assert.True(_bench.RunUntil(() => guest.Received > 300_000));
        guest.IsReading = false;
        _bench.Run(2_000_000);
        long at = guest.Received;
        int sent = _bench.SegmentsOut;
        _bench.Run(60_000_000);
        Assert.Equal(at, guest.Received);
        Assert.InRange(_bench.SegmentsOut - sent, 3, 12);
        int lost = 0;
        _bench.ToHost.Loses = _ => updateIsLost && lost++ < 1;
        guest.IsReading = true;
        Assert.True(_bench.RunUntil(() => guest.SawFin, updateIsLost ? 14_000_000 : 500_000));
        AssertRight(guest, Size);
    }

    [Fact]
    public void Uploading_past_a_shut_window_does_not_stop_the_probes()
    {
        var peer = new AnsweringPeer(question: 0, answer: Size);
        _bench.World.Serve(TcpBench.Server, () => peer);
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server);
        Assert.True(_bench.RunUntil(() => guest.Received > 300_000));
        guest.IsReading = false;
        _bench.Run(100_000);
        for (int i = 0; i < 50; i++)
        {
            guest.Write(1000);
            _bench.Run(100_000);
        }
        int lost = 0;
        _bench.ToHost.Loses = _ => lost++ < 1;
        guest.IsReading = true;
        Assert.True(_bench.RunUntil(() => guest.SawFin, 14_000_000));
        Assert.Equal((50_000L, -1L), (peer.BytesRead, peer.FirstWrong));
        guest.Finish();
        AssertRight(guest, Size);
    }

    [Fact]
    public void A_window_that_opens_after_a_long_time_does_not_leave_a_slow_timer_behind()
    {
        GuestTcp guest = Download(Size);
        Assert.True(_bench.RunUntil(() => guest.Received > 300_000));
        guest.IsReading = false;
        _bench.Run(60_000_000);
        guest.IsReading = true;
        _bench.ToGuest.Loses = segment => segment.Payload.Length > 0;
        _bench.Run(1_000);
        _bench.ToGuest.Loses = null;
        Assert.True(_bench.RunUntil(() => guest.SawFin, 1_500_000));
        AssertRight(guest, Size);
    }

    [Fact]
    public void The_last_bytes_before_a_shut_window_are_not_left_to_a_time_out()
    {
        var peer = new QuietPeer();
        _bench.World.Serve(TcpBench.Server, () => peer);
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server, GuestOptions.Usual with { ReceiveBuffer = 8_192 });
        Assert.True(_bench.RunUntil(() => guest.IsOpen));
        guest.IsReading = false;
        peer.Say(8_192 + 700);
        _bench.Run(10_000_000);
        Assert.InRange(guest.Received, 8_192, 8_192 + 128);
        guest.IsReading = true;
        Assert.True(_bench.RunUntil(() => guest.Received == 8_192 + 700, 20_000));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_host_that_reads_nothing_for_a_while_shuts_our_window_and_opens_it_again(bool isDeaf)
    {
        var slow = new SlowReader(buffer: 64 * 1024, chunk: 64 * 1024, pause: 200);
        _bench.World.Serve(TcpBench.Server, () => slow);
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server);
        guest.Write(Size);
        guest.Finish();
        Assert.True(_bench.RunUntil(() => slow.BytesRead > 300_000));
        slow.IsStuck = true;
        _bench.IsDeafToRoom = isDeaf;
        _bench.Run(1_000_000);
        int sent = _bench.SegmentsOut;
        _bench.Run(30_000_000);
        Assert.InRange(_bench.SegmentsOut - sent, 0, 20);
        long acknowledged = guest.Acknowledged;
        slow.IsStuck = false;
        Assert.True(_bench.RunUntil(() => guest.Acknowledged > acknowledged + 300_000, 900_000), "the window stayed shut");
        Assert.True(_bench.RunUntil(() => guest.IsFinished && slow.SawFin, 30_000_000));
        Assert.Equal((Size, -1L), (slow.BytesRead, slow.FirstWrong));
        AssertRight(guest, 0);
    }

    [Fact]
    public void An_idle_guest_with_a_small_window_hears_nothing()
    {
        _bench.World.SendBuffer = 8 * 1024;
        GuestTcp guest = Quiet();
        guest.Write(3000);
        _bench.Run(1_000_000);
        int sent = _bench.SegmentsOut;
        ulong turns = _bench.Lane.Turns;
        _bench.Run(60_000_000);
        Assert.Equal(sent, _bench.SegmentsOut);
        Assert.InRange(_bench.Lane.Turns - turns, 0ul, 10ul);
    }

    [Theory]
    [InlineData(4 * 1024, 65_520)]
    [InlineData(20 * 1024, 65_520)]
    [InlineData(256 * 1024, 65_535)]
    public void Segments_larger_than_the_buffer_and_as_large_as_a_packet_pass(int sendBuffer, int mtu)
    {
        _bench.World.SendBuffer = sendBuffer;
        _bench.Facts = _bench.Facts with { Mtu = mtu };
        var peer = new AnsweringPeer(question: 200_000, answer: 400_000);
        _bench.World.Serve(TcpBench.Server, () => peer);
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server, GuestOptions.Usual with { Mss = (ushort)(mtu - 40), LargestFrame = mtu - 40, Timestamps = mtu < 65_535 });
        guest.Write(200_000);
        guest.Finish();
        Assert.True(_bench.RunUntil(() => guest.IsFinished));
        Assert.Equal((200_000L, -1L), (peer.BytesRead, peer.FirstWrong));
        AssertRight(guest, 400_000);
    }

    [Fact]
    public void A_slow_host_does_not_make_the_guest_send_crumbs()
    {
        _bench.World.SendBuffer = 32 * 1024;
        var slow = new SlowReader(buffer: 2000, chunk: 100, pause: 100);
        _bench.World.Serve(TcpBench.Server, () => slow);
        int segments = 0;
        _bench.ToHost.Loses = segment =>
        {
            segments += segment.Payload.Length > 0 ? 1 : 0;
            return false;
        };
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server);
        guest.Write(200_000);
        guest.Finish();
        Assert.True(_bench.RunUntil(() => guest.IsFinished && slow.SawFin));
        Assert.InRange(segments, 100, 200);
        AssertRight(guest, 0);
    }

    [Fact]
    public void A_host_that_writes_crumbs_into_a_small_window_does_not_make_us_send_them()
    {
        GuestTcp guest = Download(200_000, GuestOptions.Usual with { ReceiveBuffer = 3 * 1460, Scale = 0, AckAfter = 1 });
        Assert.True(_bench.RunUntil(() => guest.SawFin));
        Assert.InRange(_bench.SegmentsOut - _bench.BareOut, 40, 60);
        AssertRight(guest, 200_000);
    }

    [Fact]
    public void One_burst_is_acknowledged_once()
    {
        _bench.World.Serve(TcpBench.Server, () => new SinkPeer(answerFin: false));
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server);
        Assert.True(_bench.RunUntil(() => guest.IsOpen));
        _bench.Run(1_000);
        int bare = _bench.BareOut;
        guest.Write(40 * 1448);
        Assert.True(_bench.RunUntil(() => guest.Acknowledged == 40 * 1448));
        Assert.Equal(1, _bench.BareOut - bare);
    }

    [Fact]
    public void Duplicate_acknowledgements_keep_their_window_while_the_host_reads()
    {
        var slow = new SlowReader(buffer: 20_000, chunk: 2_000, pause: 50);
        _bench.World.SendBuffer = 100_000;
        _bench.World.Serve(TcpBench.Server, () => slow);
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server);
        _bench.Guest.Seen = [];
        guest.Write(60_000);
        Assert.True(_bench.RunUntil(() => guest.Acknowledged == 60_000));
        uint next = guest.SndMax;
        ushort window = _bench.Guest.Seen[^1].Window;
        for (int i = 1; i <= 6; i++)
        {
            byte[] payload = new byte[1000];
            Pattern.Fill(payload, 60_000 + i * 1000);
            guest.Forge(next + (uint)(i * 1000), guest.RcvNxt, GuestSegment.Ack, payload);
            _bench.Run(150);
        }
        _bench.Run(150);
        GuestSegment[] duplicates = [.. _bench.Guest.Seen.Where(segment => segment.Sack.Length > 0)];
        Assert.Equal(6, duplicates.Length);
        Assert.All(duplicates, segment => Assert.Equal((next, window), (segment.AckNumber, segment.Window)));
        Assert.Equal((next + 1000, next + 7000), duplicates[^1].Sack[0]);
        guest.Write(1000);
        Assert.True(_bench.RunUntil(() => slow.BytesRead == 67_000));
        Assert.Equal(-1, slow.FirstWrong);
    }

    [Fact]
    public void Every_unacceptable_segment_is_answered_with_a_window_looked_up_anew()
    {
        var slow = new SlowReader(buffer: 10_000, chunk: 10_000, pause: 1_000) { IsStuck = true };
        _bench.World.Serve(TcpBench.Server, () => slow);
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server);
        guest.Write(Size);
        Assert.True(_bench.RunUntil(() => guest.TimeOuts > 0 || _bench.World.Time.NextEvent == long.MaxValue, 3_000_000) || guest.Acknowledged > 100_000);
        _bench.IsDeafToRoom = true;
        slow.IsStuck = false;
        _bench.Guest.Seen = [];
        uint una = guest.Iss + 1 + (uint)guest.Acknowledged;
        bool opened = false;
        for (int i = 0; i < 40 && !opened; i++)
        {
            int seen = _bench.Guest.Seen.Count;
            guest.Forge(una - 1, guest.RcvNxt, GuestSegment.Ack);
            _bench.Run(2_000);
            Assert.True(_bench.Guest.Seen.Count > seen);
            opened = _bench.Guest.Seen[seen].Window > 0;
        }
        Assert.True(opened);
    }

    [Fact]
    public void A_window_without_scale_is_at_most_what_the_field_holds()
    {
        _bench.World.SendBuffer = 1 << 20;
        var sink = new SinkPeer();
        _bench.World.Serve(TcpBench.Server, () => sink);
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server, GuestOptions.Plain);
        guest.Write(Size);
        guest.Finish();
        Assert.True(_bench.RunUntil(() => guest.IsFinished));
        Assert.Equal((65_535u, Size, -1L), (guest.LargestWindow, sink.BytesRead, sink.FirstWrong));
        AssertRight(guest, 0);
    }

    private GuestTcp Download(long size, GuestOptions? options = null)
    {
        _bench.World.Serve(TcpBench.Server, () => new SourcePeer(size));
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server, options);
        Assert.True(_bench.RunUntil(() => guest.IsOpen));
        return guest;
    }

    private GuestTcp Quiet()
    {
        _bench.World.Serve(TcpBench.Server, () => new QuietPeer());
        GuestTcp guest = _bench.Guest.Dial(TcpBench.Server);
        Assert.True(_bench.RunUntil(() => guest.IsOpen));
        return guest;
    }

    private void AssertRight(GuestTcp guest, long received)
    {
        guest.Finish();
        Assert.True(_bench.RunUntil(() => guest.IsFinished && _bench.Table.Count == 0));
        Assert.Equal((received, -1L), (guest.Received, guest.FirstWrong));
        Assert.Empty(_bench.Violations);
        _bench.AssertNothingLeft();
    }
}
