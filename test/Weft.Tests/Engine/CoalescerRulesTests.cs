using Weft.Engine;
using Weft.Tests.Wire;
using Weft.Wire;

namespace Weft.Tests.Engine;

/// <summary>What forbids that a piece joins the one before it: each rule alone, with everything else right.</summary>
public sealed class CoalescerRulesTests : IDisposable
{
    private static readonly EndpointCaps Whole = new(65_550, EndpointOffloads.All | EndpointOffloads.Coalesced);

    private readonly Coalescer _coalescer = new();
    private readonly FakeEndpoint _source = new();
    private readonly Burst _burst = new();

    [Theory]
    [InlineData("sequence", TcpView.SequenceOffset + 3, 1)]
    [InlineData("sequence far away", TcpView.SequenceOffset, 0x80)]
    [InlineData("acknowledgement", TcpView.AcknowledgmentOffset + 3, 1)]
    [InlineData("window", TcpView.WindowOffset, 1)]
    [InlineData("time stamp", TcpView.Size + 7, 1)]
    [InlineData("urgent pointer", TcpView.UrgentOffset, 1)]
    [InlineData("accurate ECN bit", TcpView.DataOffset, 1)]
    [InlineData("FIN", TcpView.FlagsOffset, (byte)TcpFlags.Fin)]
    [InlineData("SYN", TcpView.FlagsOffset, (byte)TcpFlags.Syn)]
    [InlineData("RST", TcpView.FlagsOffset, (byte)TcpFlags.Rst)]
    [InlineData("no ACK", TcpView.FlagsOffset, (byte)TcpFlags.Ack)]
    [InlineData("URG", TcpView.FlagsOffset, (byte)TcpFlags.Urg)]
    [InlineData("ECE", TcpView.FlagsOffset, (byte)TcpFlags.Ece)]
    [InlineData("CWR", TcpView.FlagsOffset, (byte)TcpFlags.Cwr)]
    public void A_TCP_header_that_differs(string what, int offset, byte change)
    {
        foreach (bool v6 in (bool[])[false, true])
        {
            Forbids(what, Pieces(v6), piece => TcpPieces.WithTcp(piece, offset, change));
        }
    }

    [Theory]
    [InlineData("type of service", false, Ipv4View.ServiceOffset, 4)]
    [InlineData("congestion mark", false, Ipv4View.ServiceOffset, 3)]
    [InlineData("may be fragmented", false, Ipv4View.FragmentOffset, 0x40)]
    [InlineData("is a fragment", false, Ipv4View.FragmentOffset, 0x20)]
    [InlineData("reserved bit", false, Ipv4View.FragmentOffset, 0x80)]
    [InlineData("time to live", false, Ipv4View.TimeToLiveOffset, 1)]
    [InlineData("traffic class", true, Ipv6View.VersionOffset + 1, 0x10)]
    [InlineData("flow label", true, Ipv6View.VersionOffset + 3, 1)]
    [InlineData("hop limit", true, Ipv6View.HopLimitOffset, 1)]
    public void An_IP_header_that_differs(string what, bool v6, int offset, byte change) =>
        Forbids(what, Pieces(v6), piece => TcpPieces.WithIp(piece, offset, change));

    [Theory]
    [InlineData("destination MAC", 5)]
    [InlineData("source MAC", 11)]
    [InlineData("VLAN", 15)]
    [InlineData("priority", 14)]
    public void An_Ethernet_header_that_differs(string what, int offset) => Forbids(what, Pieces(vlan: 42), piece =>
    {
        piece[offset] ^= 0x20;
        return piece;
    });

    [Fact]
    public void An_identification_out_of_order_where_it_has_a_meaning()
    {
        List<byte[]> atomic = Pieces();
        Assert.Single(Join([atomic[0], TcpPieces.WithIp(atomic[1], Ipv4View.IdentificationOffset, 99), atomic[2]]));

        List<byte[]> pieces = [.. Pieces().Select(piece => TcpPieces.WithIp(piece, Ipv4View.FragmentOffset, 0x40))];
        Assert.Single(Join(pieces));
        Forbids("identification", pieces, piece => TcpPieces.WithIp(piece, Ipv4View.IdentificationOffset, 99));
    }

    [Fact]
    public void A_wrong_checksum()
    {
        foreach (int piece in (int[])[0, 1, 2])
        {
            foreach (int at in (int[])[24, 25, 50, 51, 300, 1513])
            {
                List<byte[]> pieces = Pieces();
                pieces[piece][at] ^= 1;
                List<(byte[] Bytes, Offload Offload)> joined = Join(pieces);
                Assert.Contains(pieces[piece], joined.Where(frame => frame.Offload.IsPlain).Select(frame => frame.Bytes));
                Assert.Equal(piece == 1 ? 3 : 2, joined.Count);
                Assert.Equal(pieces.SelectMany(TcpFrame.Payload), joined.SelectMany(frame => TcpFrame.Payload(frame.Bytes)));
            }
        }
    }

    [Fact]
    public void Options_of_IP()
    {
        List<byte[]> pieces = Pieces();
        for (int i = 0; i < pieces.Count; i++)
        {
            byte[] longer = [.. pieces[i][..34], 1, 1, 1, 0, .. pieces[i][34..]];
            longer[14] = 0x46;
            longer[17] += 4;
            pieces[i] = TcpPieces.Completed(longer);
        }
        Assert.Equal(pieces, Join(pieces).Select(frame => frame.Bytes));
    }

    [Fact]
    public void Padding_behind_the_packet() => Forbids("padding", Pieces(), piece => [.. piece, 0]);

    [Fact]
    public void An_offload_that_is_not_a_checksum_of_its_own()
    {
        List<byte[]> pieces = Pieces();
        Offload open = TcpFrame.OpenChecksum(pieces[1]);
        foreach (Offload offload in (Offload[])[open with { ChecksumStart = 30 }, open with { ChecksumOffset = 6 }, TcpFrame.Gso(pieces[1], 700, Offload.GsoTcpV4)])
        {
            Assert.Equal(3, Join(pieces, second: offload).Count);
        }
        Assert.Single(Join(pieces, second: open));
    }

    [Fact]
    public void A_larger_piece_or_one_behind_the_last()
    {
        List<byte[]> pieces = Pieces();
        byte[] larger = TcpFrame.Make(1449);
        TcpFrame.Next(larger, 1448);
        Assert.Equal(2, Join([pieces[0], TcpPieces.Completed(larger)]).Count);

        // Smaller than those before: the last of its segment, and the first of the next.
        byte[] smaller = TcpFrame.Make(700);
        TcpFrame.Next(smaller, 1448);
        byte[] next = TcpFrame.Make(700);
        TcpFrame.Next(next, 2148);
        Assert.Equal([2148, 700], Join([pieces[0], TcpPieces.Completed(smaller), TcpPieces.Completed(next)]).Select(frame => TcpFrame.Payload(frame.Bytes).Length));
    }

    [Fact]
    public void A_push_ends_its_segment()
    {
        List<byte[]> pieces = TcpPieces.Cut(TcpFrame.Make(6 * 1448), 1448);
        pieces[1] = TcpPieces.WithTcp(pieces[1], TcpView.FlagsOffset, (byte)TcpFlags.Psh);
        pieces[2] = TcpPieces.WithTcp(pieces[2], TcpView.FlagsOffset, (byte)TcpFlags.Psh);
        List<(byte[] Bytes, Offload Offload)> joined = Join(pieces);
        Assert.Equal([2, 1, 3], joined.Select(frame => TcpFrame.Payload(frame.Bytes).Length / 1448));
        Assert.Equal([true, true, false], joined.Select(frame => TcpFrame.Parse(frame.Bytes).TcpFlags.HasFlag(TcpFlags.Psh)));
    }

    [Fact]
    public void An_empty_segment_and_one_of_a_few_bytes()
    {
        byte[] ack = TcpPieces.Completed(TcpFrame.Make(0));
        Assert.Equal(2, Join([ack, ack]).Count);
        Assert.Equal(4, Join(TcpPieces.Cut(TcpFrame.Make(32), 8).Select(piece => TcpPieces.Completed(Shorter(piece)))).Count);

        static byte[] Shorter(byte[] piece)
        {
            piece[17]--;
            return piece[..^1];
        }
    }

    [Fact]
    public void A_frame_of_its_flow_that_cannot_join_is_not_overtaken()
    {
        List<byte[]> pieces = TcpPieces.Cut(TcpFrame.Make(4 * 1448), 1448);
        byte[] fragment = TcpPieces.WithIp(pieces[2], Ipv4View.FragmentOffset + 1, 100);
        byte[] broken = TcpPieces.WithTcp(pieces[2], TcpView.FlagsOffset, 0);
        broken[46] = 0x40;
        byte[] extended = Pieces(v6: true)[2];
        extended[20] = 60;
        foreach (byte[] other in (byte[][])[TcpPieces.WithTcp(pieces[2], TcpView.FlagsOffset, (byte)TcpFlags.Urg), fragment, broken, extended])
        {
            List<(byte[] Bytes, Offload Offload)> joined = Join([pieces[0], pieces[1], other, pieces[2], pieces[3]]);
            Assert.Equal(3, joined.Count);
            Assert.Equal(other, joined[1].Bytes);
        }
    }

    [Fact]
    public void A_receiver_that_does_not_take_it()
    {
        foreach (EndpointCaps caps in (EndpointCaps[])[new(1514, EndpointOffloads.None), new(65_550, EndpointOffloads.All), Whole with { MaxFrame = 1400 },
            Whole with { Offloads = Whole.Offloads & ~EndpointOffloads.TcpV4Segmentation }, Whole with { Offloads = Whole.Offloads & ~EndpointOffloads.Checksum }])
        {
            Assert.Equal(3, Join(Pieces(), caps: caps).Count);
        }
        Assert.Equal(3, Join(Pieces(v6: true), caps: Whole with { Offloads = Whole.Offloads & ~EndpointOffloads.TcpV6Segmentation }).Count);
        Assert.Single(Join(Pieces(), caps: new EndpointCaps(1514, Whole.Offloads)));
    }

    [Fact]
    public void Mutated_frames_never_throw_and_are_never_lost()
    {
        var random = new Random(5);
        for (int round = 0; round < 5_000; round++)
        {
            List<byte[]> frames = [.. TcpPieces.Cut(TcpFrame.Make(6_000, v6: round % 2 == 0), 1000)];
            for (int i = random.Next(6); i > 0; i--)
            {
                int which = random.Next(frames.Count);
                frames[which][random.Next(Math.Min(80, frames[which].Length))] = (byte)random.Next(256);
                frames[which] = frames[which][..random.Next(14, frames[which].Length)];
            }
            List<(byte[] Bytes, Offload Offload)> joined = Join(frames);
            Assert.InRange(joined.Count, 1, frames.Count);
            Assert.InRange(joined.Sum(frame => frame.Bytes.Length), frames.Sum(frame => frame.Length) - 6 * 100, frames.Sum(frame => frame.Length));
        }
    }

    public void Dispose()
    {
        _source.Release(_burst);
        _coalescer.Dispose();
        _burst.Dispose();
    }

    /// <summary>Three pieces that join.</summary>
    private static List<byte[]> Pieces(bool v6 = false, ushort vlan = 0) => TcpPieces.Cut(TcpFrame.Make(3 * 1448, v6, vlan), 1448);

    /// <summary>The second of three pieces that join is changed, and none joins.</summary>
    private void Forbids(string what, List<byte[]> pieces, Func<byte[], byte[]> change)
    {
        Assert.Single(Join(pieces));
        pieces[1] = change([.. pieces[1]]);
        Assert.True(pieces.SequenceEqual(Join(pieces).Select(frame => frame.Bytes), new SameBytes()), what);
    }

    private List<(byte[] Bytes, Offload Offload)> Join(IEnumerable<byte[]> frames, Offload second = default, EndpointCaps? caps = null)
    {
        _source.Release(_burst);
        _burst.Clear();
        int index = 0;
        foreach (byte[] frame in frames)
        {
            _source.Queue(frame, index++ == 1 ? second : default);
        }
        Assert.False(_source.Poll(_burst));
        var target = new FakeEndpoint();
        target.Deliver(_coalescer.Join(_burst.Frames, caps ?? Whole));
        return target.Delivered;
    }

    private sealed class SameBytes : EqualityComparer<byte[]>
    {
        public override bool Equals(byte[]? one, byte[]? other) => one.AsSpan().SequenceEqual(other);

        public override int GetHashCode(byte[] bytes) => bytes.Length;
    }
}
