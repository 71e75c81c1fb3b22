using System.Diagnostics;
using Weft.Lab.Guests;

namespace Weft.Lab.Services;

/// <summary>A router and a host behind it, as namespaces, and the host's route there: 198.18.100.0/24 and 198.19.113.0/24 of RFC 2544.</summary>
internal sealed class World : IAsyncDisposable
{
    public const string Near = "198.18.100.2";
    public const string Far = "198.19.113.2";

    private const string Link = "weft-lab-0";

    public static async Task<World> MakeAsync(NamespaceGuest router, NamespaceGuest far)
    {
        World world = new();
        await Sh($"""
            ip link delete {Link} 2>/dev/null || true # of a run that was killed
            ip link add {Link} type veth peer name near netns {router.Reference}
            ip address add 198.18.100.1/24 dev {Link}
            ip link set {Link} up
            ip -n {router.Reference} link add mid type veth peer name far netns {far.Reference}
            """);
        await router.MustAsync($"""
            ip address add {Near}/24 dev near; ip link set near up; ip address add 198.19.113.1/24 dev mid; ip link set mid up
            echo 1 >/proc/sys/net/ipv4/ip_forward
            """);
        await far.MustAsync($"ip address add {Far}/24 dev far; ip link set far up; ip route add default via 198.19.113.1");
        await Sh($"ip route add 198.19.113.0/24 via {Near}");
        return world;
    }

    public async ValueTask DisposeAsync() => await Sh($"ip link delete {Link}");

    private static async Task Sh(string script)
    {
        using Process process = Process.Start("sh", ["-ec", script]);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
