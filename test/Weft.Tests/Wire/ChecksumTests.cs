using Weft.Wire;

namespace Weft.Tests.Wire;

public sealed unsafe class ChecksumTests
{
    [Fact]
    public void Sum_equals_the_plain_sum_for_every_length_and_alignment()
    {
        var random = new Random(1);
        using var memory = new NativeBytes(70_000);
        random.NextBytes(memory.Span);
        for (int length = 0; length < 700; length++)
        {
            int start = random.Next(64);
            Assert.Equal(Plain(memory.Span.Slice(start, length)), Checksum.Fold(Checksum.Sum(memory.At + start, length)));
        }
        Assert.Equal(Plain(memory.Span[3..65_538]), Checksum.Fold(Checksum.Sum(memory.At + 3, 65_535)));
    }

    [Fact]
    public void No_carry_is_lost_in_a_frame_of_all_ones()
    {
        using var memory = new NativeBytes(65_536);
        memory.Span.Fill(0xff);
        Assert.Equal(0xffff, Checksum.Fold(Checksum.Sum(memory.At, 65_536)));
        Assert.Equal(0, Checksum.Finish(Checksum.Sum(memory.At, 65_536)));
    }

    [Fact]
    public void Pieces_of_any_length_sum_as_the_whole()
    {
        var random = new Random(2);
        using var memory = new NativeBytes(5_000);
        for (int round = 0; round < 2_000; round++)
        {
            int length = random.Next(1, 5_000);
            random.NextBytes(memory.Span[..length]);
            var run = new ChecksumRun(0);
            for (int done = 0; done < length;)
            {
                int piece = Math.Min(random.Next(0, 300), length - done);
                run.Add(memory.At + done, piece);
                done += piece;
            }
            Assert.Equal(Plain(memory.Span[..length]), Checksum.Fold(run.Sum));
        }
    }

    [Fact]
    public void Update_after_a_change_equals_computing_anew()
    {
        var random = new Random(3);
        using var memory = new NativeBytes(60);
        using var before = new NativeBytes(8);
        for (int round = 0; round < 20_000; round++)
        {
            random.NextBytes(memory.Span);
            ushort old = Checksum.Finish(Checksum.Sum(memory.At, 60));
            int at = random.Next(26) * 2;
            memory.Span.Slice(at, 8).CopyTo(before.Span);
            random.NextBytes(memory.Span.Slice(at, 8));
            ushort fresh = Checksum.Finish(Checksum.Sum(memory.At, 60));
            AssertSame(fresh, Checksum.Update(old, before.At, memory.At + at, 8));

            ushort word = Checksum.Load(memory.At + at);
            Checksum.Store(memory.At + at, (ushort)random.Next(65_536));
            AssertSame(Checksum.Finish(Checksum.Sum(memory.At, 60)), Checksum.Update(fresh, word, Checksum.Load(memory.At + at)));
        }
    }

    [Fact]
    public void Golden_frames_hold_right_checksums()
    {
        foreach (string hex in GoldenFrames.All)
        {
            using var frame = new NativeBytes(Convert.FromHexString(hex));
            if (ParsedFrame.TryParse(frame.At, frame.Length, frame.Length, out ParsedFrame parsed) != ParseResult.Ok)
            {
                continue;
            }
            Assert.True(parsed.Type == EtherType.Ipv6 || Checksum.IsRight(Checksum.Sum(frame.At + parsed.L3Offset, parsed.L4Offset - parsed.L3Offset)));
            if (parsed.PayloadOffset != parsed.L4Offset)
            {
                uint pseudo = parsed.Protocol == IpProtocol.Icmp ? 0 : Checksum.Pseudo(parsed.Source, parsed.Destination, parsed.Protocol, parsed.L4Length);
                Assert.True(Checksum.IsRight(Checksum.Sum(frame.At + parsed.L4Offset, parsed.L4Length, pseudo)), hex);
            }
        }
    }

    /// <summary>Both zeros of one's complement are the same number.</summary>
    private static void AssertSame(ushort expected, ushort actual) =>
        Assert.Equal(expected == 0xffff ? 0 : expected, actual == 0xffff ? 0 : actual);

    private static ushort Plain(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += (ulong)bytes[i] << (8 * (i & 1));
        }
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return (ushort)sum;
    }
}
