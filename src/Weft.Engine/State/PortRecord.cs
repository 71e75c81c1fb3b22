using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Engine.State;

public enum AttachmentKind : byte
{
    None = 0,

    /// <summary>Unix SOCK_SEQPACKET listener, one frame per message.</summary>
    Seqpacket = 1,
    Tap = 2,

    /// <summary>Vhost-user, we listen.</summary>
    VhostUser = 3,

    /// <summary>Vhost-user, the hypervisor listens and we dial.</summary>
    VhostUserClient = 4,

    /// <summary>Length and frame, one after the other, over a unix or TCP stream; we listen.</summary>
    Stream = 5,

    /// <summary>The same, and the hypervisor listens and we dial.</summary>
    StreamClient = 6,

    /// <summary>A frame in each datagram, unix or UDP.</summary>
    Dgram = 7,
}

/// <summary>What the worker must know to build one port. Zero <see cref="Id"/> = free.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PortRecord
{
    /// <summary>Written last at birth and zeroed first at death; never used twice.</summary>
    public ulong Id;

    /// <summary>Its network's id; 0 = not attached.</summary>
    public ulong NetworkId;

    /// <summary>"alpha:1": VM and NIC number.</summary>
    public Text64 Name;

    /// <summary>The VM's name: what DNS answers for.</summary>
    public Text64 Guest;
    public MacAddress Mac;
    public AttachmentKind Kind;

    /// <summary>1: the cable is in.</summary>
    public byte Plugged;

    /// <summary>Queue pairs of a vhost-user card; 0 is 1.</summary>
    public byte Pairs;

    /// <summary>Address reserved for this NIC; none = from the pool.</summary>
    public IpAddress Reserved;

    /// <summary>Keeper slots; −1 = none. Listener of a socket attachment, and the connection or the TAP itself.</summary>
    public int ListenerSlot;
    public int DescriptorSlot;

    /// <summary>Path or IPv4:PORT of the socket that is listened at, dialled or bound, or the TAP's interface name.</summary>
    public Text108 Path;

    /// <summary>Path or IPv4:PORT of the hypervisor's end of datagrams; empty for all others.</summary>
    public Text108 Remote;

    /// <summary>Index into the port counters; equals the record's own index.</summary>
    public uint CounterIndex;
}
