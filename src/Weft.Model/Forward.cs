using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Weft.Model;

/// <summary>A port of the host that leads to a port of a guest: <c>[ADDR:]HOST:GUEST:PORT[/proto]</c>, the host's side first.</summary>
/// <param name="Guest">A VM's name, or the address of a guest.</param>
public sealed record Forward(IPAddress Listen, ushort HostPort, string Guest, ushort GuestPort, ForwardProtocol Protocol)
{
    /// <summary>What two forwards cannot share, and the name that removes one: "127.0.0.1:8080/tcp".</summary>
    public string Key => $"{HostSide}/{ProtocolWord}";

    /// <summary>Set when <see cref="Guest"/> is an address.</summary>
    public IPAddress? GuestAddress => IPAddress.TryParse(Guest, out IPAddress? address) ? address : null;

    public string ProtocolWord => Protocol == ForwardProtocol.Tcp ? "tcp" : "udp";

    private string HostSide => Listen.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{Listen}]:{HostPort}" : $"{Listen}:{HostPort}";

    /// <summary>The form that <see cref="TryParse"/> reads, with the listen address left out when it is the default.</summary>
    public override string ToString() => Listen.Equals(IPAddress.Loopback)
        ? $"{HostPort}:{Guest}:{GuestPort}/{ProtocolWord}"
        : $"{HostSide}:{Guest}:{GuestPort}/{ProtocolWord}";

    /// <summary>True when both would listen on the same port: one of them on all addresses, or on the same.</summary>
    public bool ClashesWith(Forward other) => Protocol == other.Protocol && HostPort == other.HostPort &&
        (Listen.Equals(other.Listen) || IsAny(Listen) || IsAny(other.Listen));

    /// <summary>Reads <paramref name="text"/>; on false <paramref name="cause"/> says what is wrong with it.</summary>
    public static bool TryParse(string text, out Forward forward, out string cause)
    {
        forward = null!;
        (string ends, string protocol) = text.LastIndexOf('/') is >= 0 and int slash ? (text[..slash], text[(slash + 1)..]) : (text, "tcp");
        if (protocol is not ("tcp" or "udp"))
        {
            cause = $"'{protocol}' is neither tcp nor udp";
            return false;
        }
        if (!TryTakeListen(ref ends, out IPAddress listen, out cause))
        {
            return false;
        }
        string[] parts = ends.Split(':');
        if (parts.Length != 3)
        {
            cause = "a forward is [ADDR:]HOST-PORT:GUEST:GUEST-PORT[/tcp|udp]";
            return false;
        }
        if (!TryParsePort(parts[0], out ushort hostPort, out cause) || !TryParsePort(parts[2], out ushort guestPort, out cause))
        {
            return false;
        }
        if (!Names.IsName(parts[1]) && !AddressText.TryParse(parts[1], out _))
        {
            cause = $"'{parts[1]}' is neither the name of a VM nor an IPv4 address";
            return false;
        }
        forward = new Forward(listen, hostPort, parts[1], guestPort, protocol == "tcp" ? ForwardProtocol.Tcp : ForwardProtocol.Udp);
        return true;
    }

    /// <summary>Reads <c>GUEST:PORT[/proto]</c>: a forward whose host port is left to Weft, 0 here.</summary>
    public static bool TryParseGuestSide(string text, out Forward forward)
    {
        forward = null!;
        // "8080:80" lacks the guest: nobody means a VM called 8080.
        if (text.Count(c => c == ':') != 1 || text[..text.IndexOf(':')].All(char.IsAsciiDigit)
            || !TryParse($"1:{text}", out Forward whole, out _))
        {
            return false;
        }
        forward = whole with { HostPort = 0 };
        return true;
    }

    /// <summary>Reads what names a forward to remove: the whole form, or <c>[ADDR:]HOST[/proto]</c>.</summary>
    public static bool TryParseKey(string text, out string key)
    {
        if (TryParse(text, out Forward forward, out _))
        {
            key = forward.Key;
            return true;
        }
        key = "";
        string[] halves = text.Split('/');
        int colon = halves[0].LastIndexOf(':');
        IPAddress listen = IPAddress.Loopback;
        if (halves.Length > 2 || (colon >= 0 && !AddressText.TryParse(halves[0][..colon], out listen)) ||
            !TryParsePort(halves[0][(colon + 1)..], out ushort port, out _))
        {
            return false;
        }
        ForwardProtocol protocol = halves.Length == 2 && halves[1] == "udp" ? ForwardProtocol.Udp : ForwardProtocol.Tcp;
        key = new Forward(listen, port, "", 0, protocol).Key;
        return halves.Length == 1 || halves[1] is "tcp" or "udp";
    }

    private static bool TryTakeListen(ref string ends, out IPAddress listen, out string cause)
    {
        listen = IPAddress.Loopback;
        cause = "";
        if (ends.Count(c => c == ':') != 3)
        {
            return true;
        }
        int colon = ends.IndexOf(':');
        if (!AddressText.TryParse(ends[..colon], out listen))
        {
            cause = $"'{ends[..colon]}' is not an IPv4 address to listen on";
            return false;
        }
        ends = ends[(colon + 1)..];
        return true;
    }

    private static bool TryParsePort(string text, out ushort port, out string cause)
    {
        bool good = ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port != 0;
        cause = good ? "" : $"'{text}' is not a port from 1 to 65535";
        return good;
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
