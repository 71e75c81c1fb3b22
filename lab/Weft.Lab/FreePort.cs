using System.Net;
using System.Net.Sockets;

namespace Weft.Lab;

/// <summary>A port of the loopback that nobody has at this moment.</summary>
internal static class FreePort
{
    public static int Tcp()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
