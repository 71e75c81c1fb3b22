using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Engine.State;

/// <summary>One DHCP lease as the status shows it and a successor finds it. Zero <see cref="NetworkId"/> = free.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct LeaseRecord
{
    public ulong NetworkId;
    public MacAddress Mac;
    public IpAddress Address;

    /// <summary>Unix time in seconds.</summary>
    public long Expires;
    public Text64 HostName;
}
