using System.Runtime.InteropServices;
using Weft.Linux.Memory;

namespace Weft.Endpoints.VhostUser;

/// <summary>SET_VRING_NUM, SET_VRING_BASE, GET_VRING_BASE, SET_VRING_ENABLE.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RingState
{
    public uint Index;
    public uint Value;
}

/// <summary>SET_VRING_ADDR. All but the last are addresses of the front end's own.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RingAddresses
{
    public const uint Logged = 1;

    public uint Index;
    public uint Flags;
    public ulong Descriptors;
    public ulong Used;
    public ulong Available;
    public ulong Log;
}

/// <summary>A region as it comes in SET_MEM_TABLE; ADD_MEM_REG and REM_MEM_REG have eight bytes of padding in front.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RegionPayload
{
    public ulong Guest;
    public ulong Size;
    public ulong User;
    public ulong FileOffset;

    public readonly GuestRegion Region => new(Guest, Size, User, FileOffset);
}

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct SingleRegionPayload
{
    public ulong Padding;
    public RegionPayload Region;
}

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct LogPayload
{
    public ulong Size;
    public ulong Offset;
}

/// <summary>GET_CONFIG and SET_CONFIG; the bytes asked for follow.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct ConfigurationPayload
{
    public const int Size = 12;
    public const int MaxBytes = 256;

    public uint Offset;
    public uint Length;
    public uint Flags;
}

/// <summary>Configuration space of a network card (virtio 1.2 §5.1.4), as far as we have it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct NetConfiguration
{
    public const ushort LinkUp = 1;

    public fixed byte Mac[6];
    public ushort Status;
    public ushort MaxPairs;
    public ushort Mtu;
}
