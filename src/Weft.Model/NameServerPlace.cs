using System.Globalization;
using System.Net;
using Weft.Model.Errors;

namespace Weft.Model;

/// <summary>Where weftd answers the host's questions for names of guests, as people write it: 127.0.0.1:5354, [::1]:5354.</summary>
public static class NameServerPlace
{
    /// <summary>The word that ends it.</summary>
    public const string Off = "off";

    /// <summary>An example that works for everybody.</summary>
    public const string Example = "127.0.0.1:5354";

    /// <summary>On false <paramref name="cause"/> says why: anybody may ask, so only this host may reach it.</summary>
    public static bool TryParse(string text, out IPEndPoint place, out string cause)
    {
        place = new IPEndPoint(IPAddress.None, 0);
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        IPAddress address = IPAddress.IPv6Loopback;
        if (host != "[::1]" && !AddressText.TryParse(host, out address))
        {
            cause = $"a name server is at ADDRESS:PORT, like {Example}, or 'off'";
            return false;
        }
        if (!IPAddress.IsLoopback(address))
        {
            cause = "whoever can ask learns the names of all guests, so it answers on the host's loopback only: 127.0.0.0/8 or [::1]";
            return false;
        }
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
        {
            cause = "it names no port from 1 to 65535";
            return false;
        }
        place = new IPEndPoint(address, port);
        cause = "";
        return true;
    }

    /// <param name="cause">As <see cref="TryParse"/> has it.</param>
    public static WeftError Refused(string text, string cause) =>
        new(ErrorCode.BadValue, $"'{text}' is no place to answer names at", cause, $"weft up --dns {Example}");

    /// <summary>What a shell runs once so that systemd-resolved asks there for what ends in weft.internal (resolved.conf(5)).</summary>
    public static string ResolvedCommand(string place) =>
        $"sudo mkdir -p {ResolvedFolder} && printf '[Resolve]\\nDNS={place}\\nDomains=~{DnsNames.Zone}\\n' | sudo tee {ResolvedFolder}/weft.conf && sudo systemctl restart systemd-resolved";

    private const string ResolvedFolder = "/etc/systemd/resolved.conf.d";
}
