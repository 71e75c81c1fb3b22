namespace Weft.Linux.Keeping;

/// <summary>Add or drop of one slot, in 4 bytes.</summary>
public readonly record struct SlotOperation(uint Packed)
{
    private const uint DropBit = 1u << 31;

    public bool IsDrop => (Packed & DropBit) != 0;

    public int Slot => (int)(Packed & ~DropBit);

    public static SlotOperation Add(int slot) => new((uint)slot);

    public static SlotOperation Drop(int slot) => new((uint)slot | DropBit);
}
