using System.Net;
using Weft.Engine;
using Weft.Linux.Unix;
using Weft.Wire;

namespace Weft.Linux.Sockets;

/// <summary>Where a socket is, of a text as records have it: a path from '/', or IPv4:PORT.</summary>
/// <param name="Path">Null: an address and a port.</param>
public readonly record struct SocketPlace(string? Path, HostEnd End)
{
    public static bool TryParse(string text, out SocketPlace place)
    {
        place = default;
        if (text.StartsWith('/'))
        {
            place = new SocketPlace(text, default);
            return true;
        }
        if (!IPEndPoint.TryParse(text, out IPEndPoint? end) || end.Port == 0)
        {
            return false;
        }
        place = new SocketPlace(null, new HostEnd(IpAddress.From(end.Address), (ushort)end.Port));
        return true;
    }

    /// <summary>Where a socket is bound, or an accepted one's listener; none for what is no socket of these kinds.</summary>
    public static unsafe SocketPlace OfLocalEnd(int socket)
    {
        byte* address = stackalloc byte[UnixAddress.MaxSize];
        uint length = UnixAddress.MaxSize;
        if (SocketCalls.LocalName(socket, address, ref length) < 0)
        {
            return default;
        }
        return *(ushort*)address == SocketConstants.FamilyUnix
            ? new SocketPlace(UnixAddress.Read(address, (int)length), default)
            : new SocketPlace(null, SocketAddress.Read(address));
    }
}
