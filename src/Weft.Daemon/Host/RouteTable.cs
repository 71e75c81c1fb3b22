using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Weft.Model;
using Weft.Model.Planning;

namespace Weft.Daemon.Host;

/// <summary>The host's IPv4 routes, from /proc/net/route: one line each, addresses as hex of the 32 bits in memory order
/// (proc(5)).</summary>
internal static class RouteTable
{
    public static IReadOnlyList<HostRoute> Read()
    {
        try
        {
            return Parse(File.ReadAllLines("/proc/net/route"));
        }
        catch (IOException)
        {
            return [];
        }
    }

    public static IReadOnlyList<HostRoute> Parse(IEnumerable<string> lines)
    {
        const ushort up = 1;
        List<HostRoute> routes = [];
        foreach (string line in lines.Skip(1))
        {
            string[] fields = line.Split('\t', StringSplitOptions.TrimEntries);
            if (fields.Length >= 8 && TryHex(fields[1], out uint destination) && TryHex(fields[7], out uint mask)
                && TryHex(fields[3], out uint flags) && (flags & up) != 0)
            {
                uint network = BinaryPrimitives.ReverseEndianness(destination) & BinaryPrimitives.ReverseEndianness(mask);
                routes.Add(new HostRoute(new IPNetwork(V4.ToAddress(network), System.Numerics.BitOperations.PopCount(mask)), fields[0]));
            }
        }
        return routes;
    }

    private static bool TryHex(string text, out uint value) =>
        uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
