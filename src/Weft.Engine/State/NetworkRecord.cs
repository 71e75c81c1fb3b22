using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Engine.State;

public enum NetworkMode : byte
{
    None = 0,
    Internal = 1,

    /// <summary>NAT for one guest NIC with a router of its own.</summary>
    Nat = 2,

    /// <summary>NAT shared by many guests.</summary>
    NatNetwork = 3,
}

[Flags]
public enum NetworkFlags : ushort
{
    None = 0,

    /// <summary>There is a gateway on the switch.</summary>
    Gateway = 1,
    Dhcp = 2,
    Dns = 4,
    Nat = 8,

    /// <summary>Guests reach the host's loopback through the gateway's address (host-loopback: allow).</summary>
    HostLoopback = 16,
}

/// <summary>What the worker must know to build one network; fixed size, in the shared memory. Zero <see cref="Id"/> = free.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NetworkRecord
{
    /// <summary>Written last at birth and zeroed first at death; never used twice.</summary>
    public ulong Id;
    public Text64 Name;
    public NetworkMode Mode;
    public byte PrefixLength;
    public NetworkFlags Flags;
    public ushort Mtu;

    /// <summary>How its lane waits; the most eager of its networks decides.</summary>
    public PollingPolicy Polling;
    public uint LeaseSeconds;

    /// <summary>The gateway's address: router, DHCP server, and the host's loopback when allowed.</summary>
    public IpAddress Gateway;

    /// <summary>Address that DHCP gives as name server and that the DNS proxy answers on; may equal <see cref="Gateway"/>.</summary>
    public IpAddress Dns;
    public IpAddress PoolFirst;
    public IpAddress PoolLast;

    /// <summary>Source address for sockets toward the outside; none = the host's choice.</summary>
    public IpAddress Source;
    public MacAddress GatewayMac;

    /// <summary>Bytes a shared port name resolves under, e.g. "weft.internal".</summary>
    public Text64 Domain;
}
