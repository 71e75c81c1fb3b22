using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Engine.State;

/// <summary>Where a guest's address lives, for a successor that must speak to guests before they speak. Zero <see cref="NetworkId"/> = free.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NeighbourRecord
{
    public ulong NetworkId;
    public IpAddress Address;
    public MacAddress Mac;
    public ulong Vlan;
}
