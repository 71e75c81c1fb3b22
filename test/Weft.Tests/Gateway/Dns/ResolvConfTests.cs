using Weft.Engine;
using Weft.Gateway.Dns;
using static Weft.Tests.Gateway.TestNetwork;

namespace Weft.Tests.Gateway.Dns;

public sealed class ResolvConfTests
{
    [Fact]
    public void Servers_come_in_order_once_each()
    {
        ResolvConf conf = ResolvConf.Parse("# comment\n; other\nsearch lan\nnameserver 127.0.0.53\n  nameserver\t192.0.2.53 \r\nnameserver 127.0.0.53\noptions edns0\n", _ => false);
        Assert.Equal([new HostEnd(Ip("127.0.0.53"), 53), new HostEnd(Ip("192.0.2.53"), 53)], conf.Servers);
        Assert.Empty(conf.Problems);
    }

    [Fact]
    public void One_that_is_ourselves_is_refused_by_name()
    {
        ResolvConf conf = ResolvConf.Parse("nameserver 10.20.0.3\nnameserver 192.0.2.53", end => end.Address == Ip("10.20.0.3"));
        Assert.Equal(Ip("192.0.2.53"), Assert.Single(conf.Servers).Address);
        Assert.Contains("10.20.0.3 is Weft itself", Assert.Single(conf.Problems));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nameserver")]
    [InlineData("nameserver x\n")]
    [InlineData("nameserver fe80::1%eth0\n")]
    [InlineData("nameserver 224.0.0.1\n")]
    [InlineData("#nameserver 192.0.2.1\n")]
    public void None_is_a_problem(string text)
    {
        ResolvConf conf = ResolvConf.Parse(text, _ => false);
        Assert.Empty(conf.Servers);
        Assert.Contains("no usable DNS server", conf.Problems[^1]);
    }
}
