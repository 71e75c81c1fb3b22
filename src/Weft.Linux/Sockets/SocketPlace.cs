using System.Net;
using Weft.Engine;
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
}
