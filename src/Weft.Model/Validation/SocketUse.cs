using System.Net;

namespace Weft.Model.Validation;

/// <summary>One end of a socket that somebody has named.</summary>
/// <param name="Owner">"NIC alpha:1".</param>
/// <param name="Key">Where it stands, below its attachment.</param>
/// <param name="IsOurs">Weft listens or is bound there; otherwise the hypervisor.</param>
internal sealed record SocketUse(string Owner, string Key, string Address, bool IsOurs)
{
    /// <summary>May be IPv4:PORT.</summary>
    public bool TakesPorts { get; init; } = true;

    private bool IsUdp { get; init; }

    private bool IsStreamListener { get; init; }

    public static IEnumerable<SocketUse> Of(Nic nic, string name)
    {
        string owner = $"NIC {name}";
        if (nic.VhostUser is { Socket: { } socket } vhostUser)
        {
            yield return new SocketUse(owner, "socket", socket, vhostUser.Role == VhostUserRole.Server) { TakesPorts = false };
        }
        if (nic.Stream is { Address: { } address } stream)
        {
            yield return new SocketUse(owner, stream.Dials ? "connect" : "listen", address, !stream.Dials) { IsStreamListener = !stream.Dials };
        }
        if (nic.Dgram?.Local is { } local)
        {
            yield return new SocketUse(owner, "local", local, true) { IsUdp = true };
        }
        if (nic.Dgram?.Remote is { } remote)
        {
            yield return new SocketUse(owner, "remote", remote, false) { IsUdp = true };
        }
    }

    public static SocketUse Of(Forward forward) => new($"forward '{forward}'", "", $"{forward.Listen}:{forward.HostPort}", true)
    {
        IsUdp = forward.Protocol == ForwardProtocol.Udp,
    };

    public bool ClashesWith(SocketUse other)
    {
        if (IsStreamListener && other.IsStreamListener && Address == other.Address)
        {
            // Streams of several NICs may be listened for at one place: their guests are known by their MACs.
            return false;
        }
        if (!SocketText.TryParse(Address, out IPEndPoint end) || !SocketText.TryParse(other.Address, out IPEndPoint otherEnd))
        {
            return Address == other.Address;
        }
        bool anyAddress = IsOurs && other.IsOurs && (end.Address.Equals(IPAddress.Any) || otherEnd.Address.Equals(IPAddress.Any));
        return IsUdp == other.IsUdp && end.Port == otherEnd.Port && (anyAddress || end.Address.Equals(otherEnd.Address));
    }
}
