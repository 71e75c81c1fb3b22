using System.Runtime.InteropServices;

namespace Weft.Endpoints.VhostUser;

/// <summary>One entry of a descriptor table (virtio 1.2 §2.7.5), little endian.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Descriptor
{
    public const int Size = 16;

    public const ushort HasNext = 1;
    public const ushort DeviceWrites = 2;
    public const ushort IsIndirect = 4;

    public ulong Address;
    public uint Length;
    public ushort Flags;
    public ushort Next;
}
