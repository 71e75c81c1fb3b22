using Weft.Engine.State;
using Weft.Gateway;
using Weft.Wire;

namespace Weft.Tests.Gateway;

/// <summary>The network of these tests: 10.20.0.0/24, gateway .1, name server .3.</summary>
internal static class TestNetwork
{
    public static readonly MacAddress GatewayMac = Mac("52:54:00:00:00:01");

    public static NetworkFacts Facts { get; } = new()
    {
        NetworkId = 7,
        Gateway = Ip("10.20.0.1"),
        Dns = Ip("10.20.0.3"),
        PrefixLength = 24,
        Flags = NetworkFlags.Gateway | NetworkFlags.Dhcp | NetworkFlags.Dns | NetworkFlags.Nat,
        Mtu = 1500,
        GatewayMac = GatewayMac,
    };

    public static IpAddress Ip(string text)
    {
        Assert.True(IpAddress.TryParse(text, out IpAddress address), text);
        return address;
    }

    public static MacAddress Mac(string text)
    {
        Assert.True(MacAddress.TryParse(text, out MacAddress mac), text);
        return mac;
    }
}
