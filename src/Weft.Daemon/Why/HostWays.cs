using System.Net;
using System.Net.Sockets;
using Weft.Daemon.Host;
using Weft.Model;

namespace Weft.Daemon.Why;

/// <summary>What the host itself would do with a flow, asked of its kernel without sending anything.</summary>
internal static class HostWays
{
    /// <summary>The host's own address on the way to <paramref name="address"/>; null and the kernel's word when there is no way. A
    /// connected UDP socket has looked up its route, and sent nothing.</summary>
    public static IPAddress? RouteTo(IPAddress address, IPAddress? source, out string problem)
    {
        problem = "";
        try
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            if (source is not null)
            {
                socket.Bind(new IPEndPoint(source, 0));
            }
            socket.Connect(new IPEndPoint(address, 9));
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException refused)
        {
            problem = refused.Message.ReplaceLineEndings(" ");
            return null;
        }
    }

    public static bool Listens(ForwardProtocol protocol, IPAddress address, ushort port) => PortOwner.Listens(protocol, address, port);

    public static bool MayPing()
    {
        try
        {
            return PingGroups.Allows(File.ReadAllText(PingGroups.RangeFile), File.ReadAllText(PingGroups.StatusFile));
        }
        catch (IOException)
        {
            return true;
        }
    }
}
