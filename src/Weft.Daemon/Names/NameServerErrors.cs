using System.Net;
using System.Net.Sockets;
using Weft.Daemon.Host;
using Weft.Model;
using Weft.Model.Errors;

namespace Weft.Daemon.Names;

/// <summary>What keeps the name server from its place, in three lines.</summary>
internal static class NameServerErrors
{
    public static WeftError Of(IPEndPoint place, SocketException problem)
    {
        (string code, string @try) = problem.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => (ErrorCode.PortInUse, $"weft up --dns {NextFree(place)}"),
            SocketError.AccessDenied => (ErrorCode.PortNotAllowed, $"weft up --dns {new IPEndPoint(place.Address, 5354)}"),
            SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported => (ErrorCode.AddressNotHere, $"weft up --dns {NameServerPlace.Example}"),
            _ => (ErrorCode.StepFailed, "weft status"),
        };
        return new WeftError(code, $"names cannot be answered at {place}", Reason(place, problem), @try);
    }

    public static string Reason(IPEndPoint place, SocketException problem) => problem.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"{Owner(place) ?? "another program"} has that port",
        SocketError.AccessDenied => "ports below net.ipv4.ip_unprivileged_port_start (mostly 1024) need a right that Weft does not have",
        SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported => $"{place.Address} is no address of this host",
        _ => problem.Message.ReplaceLineEndings(" "),
    };

    /// <summary>The same address with the next port that is free for datagrams and connections.</summary>
    public static IPEndPoint NextFree(IPEndPoint place)
    {
        Forward datagrams = At(place, ForwardProtocol.Udp);
        do
        {
            datagrams = datagrams with { HostPort = PortOwner.NextFree(datagrams) };
        }
        while (!PortOwner.IsFree(datagrams with { Protocol = ForwardProtocol.Tcp }));
        return new IPEndPoint(place.Address, datagrams.HostPort);
    }

    private static string? Owner(IPEndPoint place) =>
        PortOwner.Find(At(place, ForwardProtocol.Udp)) ?? PortOwner.Find(At(place, ForwardProtocol.Tcp));

    private static Forward At(IPEndPoint place, ForwardProtocol protocol) => new(place.Address, (ushort)place.Port, "", 0, protocol);
}
