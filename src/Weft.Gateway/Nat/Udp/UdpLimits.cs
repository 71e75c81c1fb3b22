using Weft.Wire;

namespace Weft.Gateway.Nat.Udp;

/// <summary>How long flows live and how many one guest may have.</summary>
internal static class UdpLimits
{
    /// <summary>Host sockets of one guest: each is a descriptor here, at the keeper and at the standby.</summary>
    public const int SocketsPerGuest = 2048;

    public const int FlowsPerGuest = 32_768;

    /// <summary>Outside clients of one forward.</summary>
    public const int FlowsPerForward = 4096;

    /// <summary>Guests and forwards that have flows at the same time.</summary>
    public const int Accounts = 8192;

    private const long Second = 1_000_000;
    private const long OneWay = 30 * Second;

    /// <summary>RFC 4787 REQ-5: at least two minutes.</summary>
    private const long BothWays = 180 * Second;

    /// <summary>A question and an answer, then nothing more; RFC 4787 REQ-5a allows less for well-known ports.</summary>
    private const long Dns = 10 * Second;

    private const ushort DnsPort = 53;

    public static long LifeOf(ref readonly UdpFlowRecord record)
    {
        if (record.GuestPeerPort == DnsPort)
        {
            return Dns;
        }
        return record.TwoWay != 0 ? BothWays : OneWay;
    }
}
