using System.Runtime.InteropServices;

namespace Weft.Wire;

/// <summary>
/// Offload metadata that travels with a frame: the first ten bytes of the virtio-net header (virtio 1.2 §5.1.6.1),
/// little endian. Offsets count from the first byte of the Ethernet header.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Size)]
public struct Offload
{
    public const int Size = 10;

    public const byte NeedsChecksum = 1;
    public const byte ChecksumValid = 2;

    public const byte GsoNone = 0;
    public const byte GsoTcpV4 = 1;
    public const byte GsoUdp = 3;
    public const byte GsoTcpV6 = 4;
    public const byte GsoUdpL4 = 5;
    public const byte GsoEcn = 0x80;

    public byte Flags;
    public byte GsoType;
    public ushort HeaderLength;
    public ushort GsoSize;
    public ushort ChecksumStart;
    public ushort ChecksumOffset;

    public readonly bool IsPlain => Flags == 0 && GsoType == GsoNone;
}
