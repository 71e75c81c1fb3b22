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

    /// <summary>Hash of the client's identity (option 61, else hardware address), so that a successor knows whose it is.</summary>
    public ulong Client;

    /// <summary><see cref="PortRecord.Id"/> that the lease counts against; 0 = not known.</summary>
    public ulong PortId;
}
