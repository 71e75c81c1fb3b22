using Weft.Linux.Sockets;

namespace Weft.Endpoints.Dgram;

/// <summary>What a <see cref="DgramEndpoint"/> starts with.</summary>
/// <param name="Socket">Non-blocking, bound to our end.</param>
/// <param name="Remote">The hypervisor's end; a path when ours is one.</param>
/// <param name="IsAdopted">An earlier life had it.</param>
public readonly record struct DgramPlug(int Socket, SocketPlace Remote, bool IsAdopted)
{
    /// <summary>9000 bytes of payload, Ethernet header and two VLAN tags.</summary>
    public const int MaxFrame = 9022;
}
