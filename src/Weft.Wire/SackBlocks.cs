using System.Runtime.CompilerServices;

namespace Weft.Wire;

/// <summary>One block of received data: from the first sequence number to the one behind the last.</summary>
public readonly record struct SackBlock(uint Left, uint Right);

/// <summary>The four blocks that fit into one header.</summary>
[InlineArray(Capacity)]
public struct SackBlocks
{
    public const int Capacity = 4;

    private SackBlock _first;
}
