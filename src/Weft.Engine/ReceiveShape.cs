namespace Weft.Engine;

/// <summary>How a port's receive memory is divided.</summary>
/// <param name="Slots">Frames that may be lent at once; at most <see cref="Burst.Capacity"/>.</param>
/// <param name="DataSize">Bytes of a frame that lie in its slot; a multiple of 64.</param>
/// <param name="Overflows">Areas for what is longer; 0 when no frame can be.</param>
/// <param name="OverflowSize">Bytes of one such area; a multiple of 64.</param>
/// <param name="FrontSize">Bytes of virtio-net header that a read puts in front of the frame; 0 for none.</param>
public readonly record struct ReceiveShape(int Slots, int DataSize, int Overflows, int OverflowSize, int FrontSize)
{
    private const int TapMaxFrame = 65_550;
    private const int TapDataSize = 1856;

    /// <summary>For a TAP with virtio-net headers: 64 small frames, of which eight may be up to 64 KiB long.</summary>
    public static ReceiveShape Tap { get; } = new(Burst.Capacity, TapDataSize, 8, Align(TapMaxFrame - TapDataSize), 12);

    /// <summary>For messages of one frame each.</summary>
    public static ReceiveShape Messages(int maxFrame) => new(Burst.Capacity, Align(maxFrame), 0, 0, 0);

    /// <summary>Longest frame that has room.</summary>
    public int MaxFrame => DataSize + OverflowSize;

    private static int Align(int size) => (size + 63) & ~63;
}
