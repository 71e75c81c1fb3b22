using System.Net;

namespace Weft.Daemon.Host;

/// <summary>The host's resolvers as /etc/resolv.conf names them now (resolv.conf(5): the last word of a "nameserver" line).</summary>
internal static class Resolvers
{
    public static string[] Read()
    {
        try
        {
            return [.. File.ReadLines("/etc/resolv.conf").Select(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Where(w => w.Length >= 2 && w[0] == "nameserver" && IPAddress.TryParse(w[1], out _)).Select(w => w[1])];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
