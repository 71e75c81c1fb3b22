using Weft.Wire;

namespace Weft.Engine;

/// <summary>A segment of the <see cref="Coalescer"/> that the next piece of its flow may be added to.</summary>
internal unsafe struct GrowingSegment
{
    /// <summary>Its place among the frames; borrowed as long as it has one piece.</summary>
    public FrameRef* Frame;

    /// <summary>The first piece as it came: its payload is the size of all but the last.</summary>
    public ParsedFrame First;
    public uint NextSequence;
    public ushort NextIdentification;
    public int Pieces;

    /// <summary>The first piece's checksums were verified.</summary>
    public bool IsFirstIntact;
}
