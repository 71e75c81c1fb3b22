namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>How a guest's TCP behaves.</summary>
internal sealed record GuestOptions
{
    public static readonly GuestOptions Usual = new();

    /// <summary>As a stack of 1988: no scale, no SACK, no timestamps.</summary>
    public static readonly GuestOptions Plain = new() { Scale = -1, Sack = false, Timestamps = false, ReceiveBuffer = 65_535 };

    public ushort Mss { get; init; } = 1460;

    /// <summary>−1: no window scale option.</summary>
    public int Scale { get; init; } = 7;

    public bool Sack { get; init; } = true;

    public bool Timestamps { get; init; } = true;

    public int ReceiveBuffer { get; init; } = 256 * 1024;

    /// <summary>Most payload in one frame: above the MSS with segmentation offload.</summary>
    public int LargestFrame { get; init; } = 1460;

    /// <summary>Bytes received that are acknowledged at once; less waits for <see cref="AckDelay"/>.</summary>
    public int AckAfter { get; init; } = 2 * 1460;

    public long AckDelay { get; init; } = 40_000;
}
