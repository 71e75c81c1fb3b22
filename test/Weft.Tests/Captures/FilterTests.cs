using Weft.Daemon.Captures;
using Weft.Engine;
using Weft.Engine.Cables;
using Weft.Model;
using Weft.Model.Captures;
using Weft.Model.Errors;
using Weft.Tests.Cli;
using Weft.Tests.Wire;

namespace Weft.Tests.Captures;

/// <summary>The filter of a capture, from its text to the frames that it keeps.</summary>
public sealed unsafe class FilterTests
{
    [Theory]
    [InlineData("", "arp syn sack data udp vlan qinq icmp tcp6 udp6 fragment options")]
    [InlineData("arp", "arp")]
    [InlineData("tcp", "syn sack data tcp6")]
    [InlineData("udp and ip", "udp vlan qinq fragment options")]
    [InlineData("ip6", "tcp6 udp6")]
    [InlineData("icmp", "icmp")]
    [InlineData("port 80", "syn sack data")]
    [InlineData("port 443 or icmp", "icmp tcp6")]
    [InlineData("host 10.20.0.15 and not ip", "arp")]
    [InlineData("host fd00::1", "tcp6 udp6")]
    [InlineData("host 10.20.0.99", "")]
    [InlineData("net 10.20.0.0/24 and tcp", "syn sack data")]
    [InlineData("net 10.20.0.16/32 and arp", "")]
    [InlineData("net fd00::/16", "tcp6 udp6")]
    [InlineData("net 0.0.0.0/0 and ip6", "")]
    [InlineData("ether host 52:54:00:00:00:01", "arp syn sack data udp vlan qinq icmp tcp6 udp6 fragment options")]
    [InlineData("ether host 52:54:00:00:00:03", "")]
    [InlineData("not (tcp or udp or icmp)", "arp")]
    [InlineData("tcp or udp and port 5353", "syn sack data udp vlan qinq tcp6")]
    [InlineData("(tcp or udp) and port 5353", "udp vlan qinq")]
    [InlineData("not not tcp", "syn sack data tcp6")]
    public void It_keeps_what_it_names(string text, string kept)
    {
        string[] names = ["arp", "syn", "sack", "data", "udp", "vlan", "qinq", "icmp", "tcp6", "udp6", "fragment", "options"];
        FilterProgram program = FilterPrograms.Of(FilterText.Read(text));
        Assert.True(program.IsSound());
        IEnumerable<string> seen = names.Zip(GoldenFrames.All).Where(frame => Keeps(in program, Convert.FromHexString(frame.Second))).Select(frame => frame.First);
        Assert.Equal(kept, string.Join(' ', seen));
    }

    [Theory]
    [InlineData("tcp and prot 80", "column 9: 'prot'")]
    [InlineData("host alpha", "column 6: 'alpha'")]
    [InlineData("port 0", "column 6: '0'")]
    [InlineData("port 65536", "column 6: '65536'")]
    [InlineData("net 10.20.0.0/33", "column 5: '10.20.0.0/33'")]
    [InlineData("ether 52:54:00:00:00:01", "column 7: '52:54:00:00:00:01'")]
    [InlineData("ether host 52:54", "column 12: '52:54'")]
    [InlineData("tcp udp", "column 5: 'udp'")]
    [InlineData("(tcp", "ends too early (column 5)")]
    [InlineData("tcp and", "ends too early (column 8)")]
    [InlineData("tcp)", "column 4: ')'")]
    [InlineData("TCP", "column 1: 'TCP'")]
    public void What_is_no_filter_is_refused_with_its_place(string text, string place)
    {
        WeftError error = TryLine.Checked(Assert.Throws<WeftException>(() => FilterText.Read(text)).Error);
        Assert.Equal(ErrorCode.BadFilter, error.Code);
        Assert.Contains(place, error.Message);
    }

    [Fact]
    public void Too_much_of_it_is_refused_too()
    {
        Assert.Throws<WeftException>(() => FilterText.Read(string.Join(" or ", Enumerable.Repeat("tcp", 17))));
        Assert.Throws<WeftException>(() => FilterText.Read(new string('(', 100_000) + "tcp"));
        Assert.Equal(31, FilterText.Read(string.Join(" or ", Enumerable.Repeat("tcp", 16))).Count);
    }

    [Fact]
    public void A_program_that_no_filter_gives_is_not_sound()
    {
        FilterProgram program = default;
        program[0].Operation = FilterOperation.And;
        Assert.False(program.IsSound());
        program[0].Operation = FilterOperation.Icmp;
        program[1].Operation = FilterOperation.Icmp;
        Assert.False(program.IsSound());
        program[1].Operation = (FilterOperation)77;
        Assert.False(program.IsSound());
        program[1] = new FilterStep { Operation = FilterOperation.Net, Prefix = 129 };
        Assert.False(program.IsSound());
        program[1].Operation = FilterOperation.Not;
        Assert.True(program.IsSound());
    }

    [Fact]
    public void Random_bytes_and_cut_frames_are_asked_without_harm()
    {
        FilterProgram program = FilterPrograms.Of(FilterText.Read("host 10.20.0.15 or port 80 or arp or ether host 52:54:00:00:00:09"));
        var random = new Random(5);
        for (int i = 0; i < 2_000; i++)
        {
            byte[] frame = new byte[random.Next(0, 80)];
            random.NextBytes(frame);
            Keeps(in program, frame);
        }
        foreach (byte[] frame in GoldenFrames.All.Select(Convert.FromHexString))
        {
            for (int length = 0; length < frame.Length; length++)
            {
                Keeps(in program, frame[..length]);
            }
        }
    }

    private static bool Keeps(in FilterProgram program, byte[] frame)
    {
        byte[] room = new byte[Math.Max(1, frame.Length)];
        frame.CopyTo(room, 0);
        fixed (byte* at = room)
        {
            FrameRef lent = new() { Head = at, HeadLength = frame.Length, Length = frame.Length };
            return program.Keeps(in lent);
        }
    }
}
