namespace Weft.Model.Api;

/// <summary>One NIC as it runs. Counts are since the worker's shared memory was made.</summary>
public sealed record PortDocument
{
    /// <summary>"alpha:1".</summary>
    public required string Name { get; init; }

    public required string Vm { get; init; }

    public required string Mac { get; init; }

    /// <summary>"seqpacket", "tap", "vhost-user", "stream" or "dgram".</summary>
    public required string Attachment { get; init; }

    /// <summary>The card that the guest sees; null where its hypervisor shows none.</summary>
    public string? Model { get; init; }

    /// <summary>Socket or interface.</summary>
    public required string Path { get; init; }

    /// <summary>The hypervisor's end of datagrams; null for all others.</summary>
    public string? Remote { get; init; }

    /// <summary>Leased or reserved; null when none is known.</summary>
    public string? Address { get; init; }

    public bool Plugged { get; init; }

    /// <summary>The guest has carrier.</summary>
    public bool Up { get; init; }

    public double PacketsPerSecond { get; init; }

    public double BitsUp { get; init; }

    public double BitsDown { get; init; }

    public long FramesIn { get; init; }

    public long BytesIn { get; init; }

    public long FramesOut { get; init; }

    public long BytesOut { get; init; }

    /// <summary>Notifications sent to the guest; 0 where there are none.</summary>
    public long Notifications { get; init; }

    /// <summary>Receive buffers that the guest had free when it was last sent something, of how many; 0 of 0 where that is unknown.</summary>
    public long BuffersFree { get; init; }

    public long BuffersMost { get; init; }

    public long Drops { get; init; }

    /// <summary>Drops by reason, those that happened.</summary>
    public SortedDictionary<string, long> DropsByReason { get; init; } = [];
}
