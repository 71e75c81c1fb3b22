using Weft.Wire;

namespace Weft.Engine;

/// <summary>What an endpoint can take. A frame that asks for more is mended by <c>OffloadFixup</c> before it is delivered.</summary>
[Flags]
public enum EndpointOffloads
{
    None = 0,

    /// <summary>Takes frames whose checksum is still to be completed (<see cref="Offload.NeedsChecksum"/>).</summary>
    Checksum = 1,
    TcpV4Segmentation = 2,
    TcpV6Segmentation = 4,
    All = Checksum | TcpV4Segmentation | TcpV6Segmentation,

    /// <summary>Gains from few large segments where many small ones came, and takes <see cref="Coalescer.RunsPerFrame"/> runs.</summary>
    Coalesced = 8,
}

/// <param name="MaxFrame">Largest frame in bytes without FCS that may be delivered uncut, Ethernet header included.</param>
/// <param name="Offloads">What may be left for the receiver to do.</param>
public readonly record struct EndpointCaps(int MaxFrame, EndpointOffloads Offloads);
