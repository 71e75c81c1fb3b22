using Weft.Gateway.Limits;
using Weft.Wire;

namespace Weft.Gateway.Icmp;

/// <summary>How many ICMP errors leave (RFC 1812 §4.3.2.8): 1,000 a second per network, 50 a second per guest with bursts of 20.</summary>
internal sealed class IcmpErrorLimit
{
    private static readonly Rate PerNetwork = Rate.PerSecond(1000, 100);

    private readonly RateTable _guests = new(Rate.PerSecond(50, 20));
    private TokenBucket _network;

    /// <summary>The guest's own share is asked first, so that one guest cannot empty the network's.</summary>
    public bool TryTake(IpAddress guest, long now) => _guests.TryTake(guest.High ^ guest.Low, now) && _network.TryTake(PerNetwork, now);
}
