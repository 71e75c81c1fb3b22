using Weft.Model.Planning;

namespace Weft.Daemon.Host;

/// <summary>The host's IPv4 routes, from /proc/net/route.</summary>
internal static class RouteTable
{
    public static IReadOnlyList<HostRoute> Read()
    {
        try
        {
            return Parse(File.ReadAllLines(HostRoutes.File));
        }
        catch (IOException)
        {
            return [];
        }
    }

    public static IReadOnlyList<HostRoute> Parse(IEnumerable<string> lines) => HostRoutes.Parse(lines);
}
