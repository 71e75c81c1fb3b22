namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>A piece of a buffer, before it becomes a descriptor.</summary>
public readonly record struct RingPiece(ulong Address, uint Length, bool IsWritable);
