using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Engine.State;

/// <summary>One port forward: host end → guest end. Zero <see cref="Id"/> = free.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ForwardRecord
{
    public ulong Id;
    public ulong NetworkId;

    /// <summary>17 UDP, 6 TCP.</summary>
    public byte Protocol;
    public ushort ListenPort;
    public ushort TargetPort;
    public int ListenerSlot;
    public IpAddress Listen;

    /// <summary>The guest's address; none = the address that <see cref="TargetGuest"/> has leased when a connection comes.</summary>
    public IpAddress Target;
    public Text64 TargetGuest;
}
