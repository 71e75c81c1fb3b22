namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>A buffer that the device has: what it is made of, and the descriptors that name it.</summary>
internal sealed class BufferOnItsWay(RingPiece[] pieces, ushort[] descriptors)
{
    public RingPiece[] Pieces { get; } = pieces;

    public ushort[] Descriptors { get; } = descriptors;

    /// <summary>Guest-physical; 0 for none.</summary>
    public ulong IndirectTable { get; set; }

    public uint Writable => (uint)Pieces.Where(piece => piece.IsWritable).Sum(piece => piece.Length);
}
