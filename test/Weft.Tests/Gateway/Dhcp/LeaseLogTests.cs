using System.Buffers;
using System.Text;
using Weft.Gateway.Dhcp;
using Weft.Wire;
using static Weft.Tests.Gateway.TestNetwork;

namespace Weft.Tests.Gateway.Dhcp;

public sealed class LeaseLogTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        LeaseLogContent content = LeaseLog.Read(Write(Change(1, 100, "alpha", "my net %ü"), Change(2, 200)));
        Assert.True(content.IsOurs);
        Assert.Equal(2, content.Leases.Count);
        LeaseChange one = content.Leases[0];
        Assert.Equal(("my net %ü", Ip("10.20.0.1"), new MacAddress(1), 11ul, 100L, "alpha"),
            (one.Network, one.Address, one.Mac, one.Client, one.Expires, one.HostName));
        Assert.Equal("", content.Leases[1].HostName);
    }

    [Fact]
    public void The_last_word_counts()
    {
        byte[] bytes = Write(Change(1, 100), Change(2, 200), Change(1, 300), new LeaseChange { Network = "lab", Address = Ip("10.20.0.2"), IsEnd = true });
        LeaseLogContent content = LeaseLog.Read(bytes);
        Assert.Equal(300, Assert.Single(content.Leases).Expires);
        Assert.Equal(bytes.Length, content.GoodLength);
    }

    /// <summary>A crash at every byte: whole lines count, the torn one does not, and nothing behind it is read.</summary>
    [Fact]
    public void Torn_at_every_byte_the_whole_lines_before_it_count()
    {
        byte[] bytes = Write([.. Enumerable.Range(1, 9).Select(i => Change((uint)i, i))]);
        int[] ends = [.. Enumerable.Range(0, bytes.Length).Where(i => bytes[i] == '\n').Select(i => i + 1)];
        for (int length = 0; length <= bytes.Length; length++)
        {
            int lines = ends.Count(end => end <= length);
            LeaseLogContent content = LeaseLog.Read(bytes.AsSpan(0, length));
            Assert.Equal(Math.Max(0, lines - 1), content.Leases.Count);
            Assert.Equal(lines == 0 ? 0 : ends[lines - 1], content.GoodLength);
        }
    }

    [Fact]
    public void A_changed_byte_anywhere_ends_the_reading_there()
    {
        byte[] bytes = Write([.. Enumerable.Range(1, 5).Select(i => Change((uint)i, i))]);
        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] bad = (byte[])bytes.Clone();
            bad[at] ^= 0x01;
            int wholeBefore = bytes.AsSpan(0, at).Count((byte)'\n');
            Assert.Equal(Math.Max(0, wholeBefore - 1), LeaseLog.Read(bad).Leases.Count);
        }
    }

    [Fact]
    public void Garbage_is_read_as_nothing()
    {
        var random = new Random(4);
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Assert.Empty(LeaseLog.Read(bytes).Leases);
        }
        Assert.False(LeaseLog.Read("00000000 weft-leases 9\n"u8).IsOurs);
    }

    [Fact]
    public void The_format_is_this_one() =>
        Assert.Equal("weft-leases 1", Encoding.ASCII.GetString(Write())[9..].TrimEnd());

    internal static LeaseChange Change(uint host, long expires, string name = "", string network = "lab") => new()
    {
        Network = network,
        Address = IpAddress.FromV4(0x0a140000 + host),
        Mac = new MacAddress(host),
        Client = 10 + host,
        Expires = expires,
        HostName = name,
    };

    internal static byte[] Write(params LeaseChange[] changes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        LeaseLog.WriteAll(changes, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
