using System.Globalization;
using Weft.Model;
using Weft.Model.Errors;
using Weft.Wire;

namespace Weft.Daemon.Why;

/// <summary>What is asked about: <c>tcp/443</c>, <c>udp/53</c>, <c>icmp</c>.</summary>
internal readonly record struct WhyProtocol(byte Number, ushort Port)
{
    public static readonly WhyProtocol Icmp = new(IpProtocol.Icmp, 0);

    public ForwardProtocol ForForward => Number == IpProtocol.Tcp ? ForwardProtocol.Tcp : ForwardProtocol.Udp;

    public static WhyProtocol Parse(string text)
    {
        string[] parts = text.Split('/');
        bool hasPort = ushort.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port != 0;
        return parts switch
        {
            ["icmp"] or ["ping"] => Icmp,
            ["tcp", _] when hasPort => new WhyProtocol(IpProtocol.Tcp, port),
            ["udp", _] when hasPort => new WhyProtocol(IpProtocol.Udp, port),
            _ => throw new WeftException(new WeftError(ErrorCode.Usage, $"'{text}' is no protocol to ask about",
                "it is tcp/PORT, udp/PORT or icmp", "weft why alpha:1 gateway icmp")),
        };
    }

    public override string ToString() => Number switch
    {
        IpProtocol.Tcp => $"tcp/{Port}",
        IpProtocol.Udp => $"udp/{Port}",
        _ => "icmp",
    };
}
