using System.Runtime.CompilerServices;

namespace Weft.Wire;

/// <summary>The four blocks that fit into one header.</summary>
[InlineArray(Capacity)]
public struct SackBlocks
{
    public const int Capacity = 4;

    private SackBlock _first;
}
