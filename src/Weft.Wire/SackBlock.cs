namespace Weft.Wire;

/// <summary>One block of received data: from the first sequence number to the one behind the last.</summary>
public readonly record struct SackBlock(uint Left, uint Right);
