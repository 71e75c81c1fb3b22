using Weft.Gateway.Arp;
using Weft.Wire;
using static Weft.Tests.Gateway.TestNetwork;

namespace Weft.Tests.Gateway.Arp;

public sealed class ArpResolverTests
{
    private const long Second = 1_000_000;

    private readonly ArpResolver _resolver = new();
    private readonly IpAddress _guest = Ip("10.20.0.9");

    [Fact]
    public void Three_requests_then_unreachable_for_five_seconds_then_again()
    {
        Assert.True(_resolver.Want(_guest, 0));
        Assert.False(_resolver.Want(_guest, 1));
        Assert.Equal([1 * Second, 2 * Second], SentUntil(8 * Second));
        Assert.False(_resolver.IsUnreachable(_guest));
        Assert.True(_resolver.Want(_guest, 9 * Second));
    }

    [Fact]
    public void While_unreachable_it_is_known_as_such()
    {
        _resolver.Want(_guest, 0);
        SentUntil(4 * Second);
        Assert.True(_resolver.IsUnreachable(_guest));
        Assert.False(_resolver.Want(_guest, 4 * Second));
    }

    [Fact]
    public void An_answer_ends_it()
    {
        _resolver.Want(_guest, 0);
        Assert.True(_resolver.Resolved(_guest));
        Assert.False(_resolver.Resolved(_guest));
        Assert.Empty(SentUntil(10 * Second));
        Assert.Equal(long.MaxValue, _resolver.NextDeadline);
    }

    [Fact]
    public void It_is_bounded_and_empties_itself()
    {
        int asked = Enumerable.Range(0, 1000).Count(i => _resolver.Want(IpAddress.FromV4(0x0a140000 + (uint)i), 0));
        Assert.Equal(64, asked);
        Assert.Equal(128, SentUntil(60 * Second).Count);
        Assert.Equal(long.MaxValue, _resolver.NextDeadline);
    }

    private List<long> SentUntil(long end)
    {
        var sent = new List<long>();
        while (_resolver.NextDeadline <= end)
        {
            long now = _resolver.NextDeadline;
            while (_resolver.TryTakeDue(now, out _))
            {
                sent.Add(now);
            }
        }
        return sent;
    }
}
