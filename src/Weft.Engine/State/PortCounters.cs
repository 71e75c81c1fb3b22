using System.Runtime.InteropServices;

namespace Weft.Engine.State;

/// <summary>Counters of one port in the shared memory: written by its lane alone, read by anyone at any time.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PortCounters
{
    /// <summary>From the guest into the switch.</summary>
    public ulong FramesIn;
    public ulong BytesIn;

    /// <summary>From the switch to the guest.</summary>
    public ulong FramesOut;
    public ulong BytesOut;

    /// <summary>Carrier as the guest's side has it: 1 up, 0 down.</summary>
    public ulong Carrier;

    /// <summary>Notifications sent to the guest; 0 where there are none.</summary>
    public ulong Notifications;

    /// <summary>Receive buffers that the guest had given when it was last sent something, and how many its rings hold.</summary>
    public ulong BuffersFree;
    public ulong BuffersMost;

    /// <summary>Drops by <see cref="DropReason"/>.</summary>
    public fixed ulong Drops[(int)DropReason.Count];

    public void Drop(DropReason reason, ulong frames = 1) => Drops[(int)reason] += frames;
}
