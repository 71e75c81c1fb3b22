using Weft.Gateway.Dns;
using Weft.Wire.Dns;

namespace Weft.Tests.Gateway.Dns;

public sealed class DnsNameTests
{
    private readonly byte[] _name = new byte[DnsName.MaxLength];

    [Fact]
    public void Pointers_backward_are_followed()
    {
        byte[] message = [3, (byte)'c', (byte)'o', (byte)'m', 0, 1, (byte)'a', 0xc0, 0, 1, (byte)'b', 0xc0, 5];
        Assert.True(DnsName.TryExpand(message, 9, _name, out int length));
        Assert.Equal("\u0001b\u0001a\u0003com\0", System.Text.Encoding.ASCII.GetString(_name, 0, length));
        Assert.Equal(4, DnsName.Skip(message, 9));
        Assert.Equal(5, DnsName.Skip(message, 0));
    }

    [Theory]
    [InlineData(new byte[] { 0xc0, 0 })]
    [InlineData(new byte[] { 0xc0, 2, 0xc0, 0 })]
    [InlineData(new byte[] { 1, 97, 0xc0, 0 })]
    [InlineData(new byte[] { 0xc0, 4, 0, 0, 0xc0, 0 })]
    [InlineData(new byte[] { 0xc0 })]
    [InlineData(new byte[] { 0x80, 0 })]
    [InlineData(new byte[] { 5, 97 })]
    [InlineData(new byte[] { })]
    public void Loops_and_pointers_forward_are_refused(byte[] message) =>
        Assert.False(DnsName.TryExpand(message, 0, _name, out _));

    /// <summary>A ladder of pointers, each to the one before: as long as a message can be, and still at most 255 bytes of name.</summary>
    [Fact]
    public void A_bomb_of_pointers_ends_at_255_bytes()
    {
        var message = new List<byte> { 63 };
        message.AddRange(new byte[63]);
        for (int i = 0; i < 4000; i++)
        {
            int target = i == 0 ? 0 : 64 + (i - 1) * 4;
            message.AddRange([1, 97, (byte)(0xc0 | target >> 8), (byte)target]);
        }
        Assert.False(DnsName.TryExpand([.. message], 64 + 3999 * 4, _name, out _));
    }

    [Fact]
    public void Random_bytes_never_throw_and_never_exceed_the_limit()
    {
        var random = new Random(6);
        byte[] message = new byte[300];
        for (int i = 0; i < 100_000; i++)
        {
            for (int at = 0; at < message.Length; at++)
            {
                message[at] = random.Next(4) == 0 ? (byte)(0xc0 | random.Next(2)) : (byte)random.Next(10);
            }
            int start = random.Next(message.Length);
            if (DnsName.TryExpand(message, start, _name, out int length))
            {
                Assert.InRange(length, 1, 255);
            }
            Assert.InRange(DnsName.Skip(message, start), 0, 257);
        }
    }

    [Fact]
    public void Text_becomes_wire_form()
    {
        Assert.Equal([4, 119, 101, 102, 116, 0], DnsName.FromText("Weft."));
        Assert.Equal([0], DnsName.FromText(""));
        Assert.Null(DnsName.FromText(new string('a', 64)));
    }
}
