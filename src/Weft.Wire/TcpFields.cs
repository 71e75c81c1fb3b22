namespace Weft.Wire;

/// <summary>What a TCP header says besides its options.</summary>
public readonly record struct TcpFields(ushort SourcePort, ushort DestinationPort, uint Sequence, uint Acknowledgment)
{
    public TcpFlags Flags { get; init; }

    /// <summary>As sent, already scaled.</summary>
    public ushort Window { get; init; }

    public ushort UrgentPointer { get; init; }
}
