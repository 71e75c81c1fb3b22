using System.Net;
using System.Net.Sockets;

namespace Weft.Model;

/// <summary>Addresses as people write them: four decimal parts and nothing that the C library would also swallow ("10.1",
/// "0x7f.1").</summary>
public static class AddressText
{
    public static bool TryParse(string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.Count(c => c == '.') != 3 || text.Any(c => c != '.' && !char.IsAsciiDigit(c))
            || !IPAddress.TryParse(text, out IPAddress? parsed))
        {
            return false;
        }
        address = parsed;
        return parsed.AddressFamily == AddressFamily.InterNetwork && parsed.ToString() == text;
    }

    /// <summary>Reads "10.20.0.0/24". On false <paramref name="cause"/> says why.</summary>
    public static bool TryParseSubnet(string text, out IPNetwork subnet, out string cause)
    {
        subnet = default;
        cause = "a subnet is written ADDRESS/PREFIX, like 10.20.0.0/24";
        string[] halves = text.Split('/');
        if (halves.Length != 2 || !TryParse(halves[0], out IPAddress address) || !byte.TryParse(halves[1], out byte prefix) || prefix > 32)
        {
            return false;
        }
        if (prefix is < 8 or > 29)
        {
            cause = $"a prefix of /{prefix} leaves no sensible room for guests; use /8 to /29";
            return false;
        }
        uint first = V4.Of(address) & V4.Mask(prefix);
        if (first != V4.Of(address))
        {
            cause = $"{address} is not the first address of a /{prefix}; that would be {V4.ToAddress(first)}/{prefix}";
            return false;
        }
        subnet = new IPNetwork(address, prefix);
        cause = "";
        return true;
    }
}
