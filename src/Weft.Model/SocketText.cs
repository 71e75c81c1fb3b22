using System.Globalization;
using System.Net;

namespace Weft.Model;

/// <summary>Where a socket is, as people write it: a path from '/', or IPv4:PORT. ':PORT' is the host's own 127.0.0.1.</summary>
public static class SocketText
{
    public static bool IsPath(string text) => text.StartsWith('/');

    /// <summary>With the address that ':PORT' leaves away; anything else as it is.</summary>
    public static string? Whole(string? text) => text is [':', ..] ? $"{IPAddress.Loopback}{text}" : text;

    public static bool TryParse(string text, out IPEndPoint end)
    {
        end = new IPEndPoint(IPAddress.None, 0);
        int colon = text.LastIndexOf(':');
        if (colon < 0 || !AddressText.TryParse(text[..colon], out IPAddress address) ||
            !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
        {
            return false;
        }
        end = new IPEndPoint(address, port);
        return end.ToString() == text;
    }
}
