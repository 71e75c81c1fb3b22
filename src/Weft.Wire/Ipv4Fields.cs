namespace Weft.Wire;

/// <summary>What an IPv4 header without options says. Lengths in bytes, header included.</summary>
public readonly record struct Ipv4Fields(IpAddress Source, IpAddress Destination, byte Protocol, int TotalLength)
{
    public byte TimeToLive { get; init; } = 64;

    public byte Service { get; init; }

    public ushort Identification { get; init; }

    /// <summary>Flags and fragment offset (<see cref="Ipv4View.DontFragmentFlag"/> …).</summary>
    public ushort Fragment { get; init; } = Ipv4View.DontFragmentFlag;
}
