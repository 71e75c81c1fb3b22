namespace Weft.Model.Api;

/// <summary>One NIC's second. In is from the guest, out is to it.</summary>
public sealed record TopPort(string Name, string? Network, bool Up)
{
    public double FramesIn { get; init; }

    public double BitsIn { get; init; }

    public double FramesOut { get; init; }

    public double BitsOut { get; init; }

    /// <summary>Drops per second by reason, those that happened.</summary>
    public SortedDictionary<string, double> Drops { get; init; } = [];

    /// <summary>Receive buffers that the guest has free, of how many; 0 of 0 where that is unknown.</summary>
    public long RoomFree { get; init; }

    public long RoomMost { get; init; }
}
