using System.Runtime.InteropServices;

namespace Weft.Engine.State;

/// <summary>The arrays of the shared memory, in the order they lie in it.</summary>
public enum SharedArray
{
    Worker = 0,
    Networks,
    Ports,
    PortCounters,
    Forwards,
    Leases,
    TcpFlows,
    UdpSockets,
    UdpFlows,
    PingFlows,
    Receive,
    Neighbours,
    Vhost,
    Lanes,
    Names,
    Count,
}

[StructLayout(LayoutKind.Sequential)]
public struct SharedArrayHeader
{
    public ulong Offset;
    public uint RecordSize;
    public uint Capacity;
}

/// <summary>
/// Head of the shared memory (design §2): magic, layout version, then size and offset of each array. Arrays are flat and of
/// fixed-size records; everything else (hash tables, free lists, LRU orders) is rebuilt by a scan at takeover.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct SharedHeader
{
    public const ulong ExpectedMagic = 0x0031_7466_6557_6d65UL;
    public const uint CurrentVersion = 5;

    public ulong Magic;
    public uint Version;
    public uint ArrayCount;
    public ulong TotalSize;
    public Arrays16 Arrays;

    [System.Runtime.CompilerServices.InlineArray(16)]
    public struct Arrays16
    {
        private SharedArrayHeader _first;
    }
}
