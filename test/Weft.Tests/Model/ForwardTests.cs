using Weft.Model;
using Weft.Model.Files;

namespace Weft.Tests.Model;

public sealed class ForwardTests
{
    [Theory]
    [InlineData("8080:alpha:80", "8080:alpha:80/tcp", "127.0.0.1:8080/tcp")]
    [InlineData("8080:alpha:80/tcp", "8080:alpha:80/tcp", "127.0.0.1:8080/tcp")]
    [InlineData("0.0.0.0:5353:dns-1:53/udp", "0.0.0.0:5353:dns-1:53/udp", "0.0.0.0:5353/udp")]
    [InlineData("2222:10.0.2.19:22", "2222:10.0.2.19:22/tcp", "127.0.0.1:2222/tcp")]
    public void The_host_side_comes_first(string text, string whole, string key)
    {
        Assert.True(Forward.TryParse(text, out Forward forward, out _));
        Assert.Equal((whole, key), (forward.ToString(), forward.Key));
        Assert.True(Forward.TryParse(forward.ToString(), out Forward again, out _));
        Assert.Equal(forward, again);
        Assert.True(Forward.TryParseKey(text, out string parsed));
        Assert.Equal(key, parsed);
    }

    [Theory]
    [InlineData("8080", "127.0.0.1:8080/tcp")]
    [InlineData("8080/udp", "127.0.0.1:8080/udp")]
    [InlineData("0.0.0.0:8080", "0.0.0.0:8080/tcp")]
    public void A_forward_is_named_by_its_host_side(string text, string key)
    {
        Assert.True(Forward.TryParseKey(text, out string parsed));
        Assert.Equal(key, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("8080")]
    [InlineData("0:alpha:80")]
    [InlineData("8080:alpha:")]
    [InlineData("8080:alpha:80/sctp")]
    [InlineData("8080:Alpha:80")]
    [InlineData("localhost:8080:alpha:80")]
    [InlineData("10.1:8080:alpha:80")]
    [InlineData("+80:alpha:80")]
    [InlineData("1:2:3:4:5")]
    public void Anything_else_is_no_forward(string text)
    {
        Assert.False(Forward.TryParse(text, out _, out string cause));
        Assert.NotEqual("", cause);
    }

    [Theory]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("", "abc", 3)]
    [InlineData("subnett", "subnet", 1)]
    [InlineData("same", "same", 0)]
    [InlineData("alhpa", "alpha", 1)]
    public void Distance_counts_edits(string one, string other, int distance) => Assert.Equal(distance, Spelling.Distance(one, other));
}
