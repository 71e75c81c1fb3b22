using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Weft.Model.Planning;

/// <summary>The host's IPv4 routes as /proc/net/route has them: one line each, addresses as hex of the 32 bits in memory order
/// (proc(5)).</summary>
public static class HostRoutes
{
    public const string File = "/proc/net/route";

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
