namespace Weft.Gateway.Dhcp;

/// <summary>
/// Now, on both clocks. Leases run on the lane's monotonic one, so a jump of the wall clock ends none; the wall clock is for
/// what outlives this boot.
/// </summary>
/// <param name="Micros">Lane time in microseconds.</param>
/// <param name="UnixSeconds">Wall clock.</param>
internal readonly record struct LeaseTime(long Micros, long UnixSeconds)
{
    public long After(uint seconds) => Micros + seconds * 1_000_000L;
}
