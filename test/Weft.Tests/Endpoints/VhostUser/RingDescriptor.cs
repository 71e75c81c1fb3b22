namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>One entry of a descriptor table, as it lies in memory (virtio 1.2 §2.7.5).</summary>
public readonly record struct RingDescriptor(ulong Address, uint Length, ushort Flags, ushort Next)
{
    public const int Size = 16;

    public const ushort HasNext = 1;
    public const ushort Writable = 2;
    public const ushort Indirect = 4;
}
