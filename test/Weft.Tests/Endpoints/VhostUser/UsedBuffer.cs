namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>A buffer that came back from the device.</summary>
/// <param name="Written">Bytes that the device says it wrote.</param>
public readonly record struct UsedBuffer(ushort Head, uint Written, RingPiece[] Pieces);
