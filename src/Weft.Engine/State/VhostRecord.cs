using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weft.Engine.State;

/// <summary>
/// What a front end has told a vhost-user port, for the next worker: features, regions of guest memory, rings. Written by
/// the port's endpoint after each message. Where a ring stands is not in it: that is the used index in guest memory.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct VhostRecord
{
    public const int MaxRegions = 64;

    /// <summary>Receive and transmit rings of eight queue pairs, in the order of their numbers.</summary>
    public const int MaxRings = 16;

    /// <summary>1 while a message is being carried out: half of what it asked for may be in here.</summary>
    public uint Busy;
    public uint RegionCount;
    public ulong Features;
    public ulong ProtocolFeatures;

    /// <summary>The device status of the driver (virtio 1.2 §2.1), as the front end passes it on.</summary>
    public uint Status;

    /// <summary>Keeper slot of the channel that carries our own requests; −1 = none.</summary>
    public int BackendSlot;

    /// <summary>Keeper slot of the dirty log's file, and where it begins; −1 = none.</summary>
    public int LogSlot;

    /// <summary>1: a file of this guest's memory was cut off under its mapping. Nobody is let in until the cable was out.</summary>
    public uint Shrank;
    public ulong LogSize;
    public ulong LogOffset;
    public Regions64 Regions;
    public Rings16 Rings;

    [InlineArray(MaxRegions)]
    public struct Regions64
    {
        private VhostRegionRecord _first;
    }

    [InlineArray(MaxRings)]
    public struct Rings16
    {
        private VhostRingRecord _first;
    }
}

/// <summary>One region of guest memory (vhost-user: SET_MEM_TABLE, ADD_MEM_REG).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VhostRegionRecord
{
    public ulong Guest;
    public ulong Size;
    public ulong User;
    public ulong FileOffset;

    /// <summary>Keeper slot of its file.</summary>
    public int Slot;
    public uint Reserved;
}

/// <summary>One ring (virtio 1.2 §2.7). Addresses are the front end's own.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VhostRingRecord
{
    public ulong Descriptors;
    public ulong Available;
    public ulong Used;

    /// <summary>Guest-physical address of the used ring, for the dirty log.</summary>
    public ulong LogAddress;

    /// <summary>Descriptors, a power of two; 0 = not told yet.</summary>
    public uint Size;
    public VhostRingFlags Flags;

    /// <summary>Entries that the available position is ahead of the used one while nothing is on loan: 0 but for odd front ends.</summary>
    public ushort Ahead;

    /// <summary>Where it begins when it starts (SET_VRING_BASE).</summary>
    public ushort Base;
    public int KickSlot;
    public int CallSlot;
    public int ErrorSlot;
}

[Flags]
public enum VhostRingFlags : ushort
{
    None = 0,

    /// <summary>Addresses were told.</summary>
    Addressed = 1,

    /// <summary>A kick descriptor (or word that there is none) has come.</summary>
    Started = 2,
    Enabled = 4,

    /// <summary>Writes to the used ring are to be logged.</summary>
    Logged = 8,
}
