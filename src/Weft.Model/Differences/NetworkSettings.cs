using System.Globalization;

namespace Weft.Model.Differences;

/// <summary>What a file says of a network, key by key in the order of the reader's.</summary>
public static class NetworkSettings
{
    public static Setting[] Of(Network network)
    {
        Network basis = Network.Of(network.Name, network.Mode);
        return
        [
            new("mode", network.Mode.Word()),
            new("subnet", network.Subnet?.ToString()),
            new("dhcp", Dhcp(network), Switch(basis.Dhcp)),
            new("dns", Switch(network.Dns), Switch(basis.Dns)),
            new(StaticNameSettings.Key, StaticNameSettings.Of(network.Names)),
            new("host-loopback", Policy(network.HostLoopback), Policy(basis.HostLoopback)),
            new("mtu", Number(network.Mtu), Number(basis.Mtu)),
            new("polling", network.Polling.Word(), basis.Polling.Word()),
            new("source", network.Source?.ToString()),
            new("force", Switch(network.Force), Switch(basis.Force)),
            new("started", Switch(network.Started), Switch(basis.Started)),
        ];
    }

    private static string Dhcp(Network network)
    {
        if (!network.Dhcp)
        {
            return Switch(false);
        }
        List<string> parts = [];
        if (network.Pool is { } pool)
        {
            parts.Add($"first: {pool.First}, last: {pool.Last}");
        }
        if (network.LeaseSeconds != Network.DefaultLeaseSeconds)
        {
            parts.Add($"lease: {Number(network.LeaseSeconds)}");
        }
        return parts.Count == 0 ? Switch(true) : $"{{ {string.Join(", ", parts)} }}";
    }

    private static string Switch(bool on) => on ? "true" : "false";

    private static string Policy(bool allow) => allow ? "allow" : "deny";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
