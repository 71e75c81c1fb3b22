using System.Runtime.CompilerServices;

namespace Weft.Engine.State;

/// <summary>Four sentences of up to 107 bytes.</summary>
[InlineArray(Count)]
public struct Text108x4
{
    public const int Count = 4;

    private Text108 _first;
}
