namespace Weft.Model;

/// <summary>How the hypervisor reaches a NIC.</summary>
public enum AttachmentKind
{
    /// <summary>A unix SOCK_SEQPACKET socket in the home, one frame per message.</summary>
    Seqpacket,

    /// <summary>A TAP interface in the host's or a named network namespace.</summary>
    Tap,

    /// <summary>A unix socket over which the hypervisor shares the guest's memory.</summary>
    VhostUser,

    /// <summary>A stream of frames with their lengths, over a unix or a TCP socket: QEMU's stream and socket.</summary>
    Stream,

    /// <summary>A frame in each datagram, between two unix sockets or two UDP ports: QEMU's dgram.</summary>
    Dgram,
}
