namespace Weft.Model.Api;

/// <summary>What to capture. The answer is a pcapng stream that ends with the capture.</summary>
/// <param name="Points">NICs ("alpha:1"), VMs, networks (every NIC and the gateway), gateways ("lab/gateway").</param>
public sealed record CaptureRequest(string[] Points)
{
    /// <summary>Frames that were dropped too, with the reason as a comment.</summary>
    public bool Drops { get; init; }

    /// <summary>Which frames; null: all.</summary>
    public string? Filter { get; init; }

    /// <summary>Bytes kept of each frame; 0: all.</summary>
    public int SnapLength { get; init; }

    /// <summary>The stream's size at most, in bytes; 0: as it comes.</summary>
    public long SizeLimit { get; init; }

    /// <summary>It ends after so many frames; 0: no such end.</summary>
    public long Count { get; init; }

    /// <summary>It ends after so many seconds; 0: no such end.</summary>
    public double Seconds { get; init; }
}
