using Weft.Engine;
using Weft.Wire;
using static Weft.Linux.Sockets.SocketConstants;

namespace Weft.Linux.Sockets;

/// <summary>
/// Theory. The gateway's hands on the host over the kernel (design §5): sockets are the buffers, the congestion control and
/// the loss recovery toward the outside; this type only moves bytes and asks the kernel where it stands.
///   open      here                       connect, listen, accept, close
///   stream    HostSockets.Stream.cs      send, peek at an offset, discard, room, state
///   datagram  HostSockets.Datagram.cs    UDP and ping sockets, the error queue
/// Buffer sizes are left alone: setting SO_SNDBUF or SO_RCVBUF would end the kernel's autotuning and, for an ordinary user,
/// cap them at net.core.?mem_max. The room of a socket is looked up instead of assumed.
/// SO_OOBINLINE keeps urgent bytes in the stream, so that SIOCINQ and tcpi_bytes_received count the same bytes.
/// SO_PEEK_OFF on TCP is there from kernel 6.9 (IPv6: 6.11), found out once here; <see cref="PeekFallback"/> otherwise.
/// </summary>
public sealed unsafe partial class HostSockets : IHostSockets, IDisposable
{
    private const int Backlog = 4096;

    private readonly PeekFallback? _fallback;

    /// <param name="forceFallback">Peek without SO_PEEK_OFF even where the kernel has it (tests).</param>
    public HostSockets(bool forceFallback = false)
    {
        if (forceFallback || !KernelPeeksAtOffset())
        {
            _fallback = new PeekFallback();
        }
    }

    /// <summary>True when the kernel keeps the peek offset.</summary>
    public bool PeeksByKernel => _fallback is null;

    public int OpenTcp(IpAddress source)
    {
        int socket = SocketCalls.Open(SocketAddress.FamilyOf(source), TypeStream | NonBlocking, 0);
        if (socket < 0)
        {
            return socket;
        }
        int result = Prepare(socket);
        if (result >= 0 && !source.IsNone)
        {
            // The port is chosen at connect, by the whole tuple: many flows may share one source port.
            SocketCalls.SetOption(socket, LevelV4, BindAddressNoPort, 1);
            result = BindTo(socket, new HostEnd(source, 0));
        }
        return result >= 0 ? socket : CloseAfter(socket, result);
    }

    public int Connect(int socket, HostEnd to)
    {
        byte* address = stackalloc byte[SocketAddress.MaxSize];
        return SocketCalls.Connect(socket, address, SocketAddress.Write(address, to));
    }

    public int Listen(HostEnd at, bool udp)
    {
        int socket = SocketCalls.Open(SocketAddress.FamilyOf(at.Address), (udp ? TypeDatagram : TypeStream) | NonBlocking, 0);
        if (socket < 0)
        {
            return socket;
        }
        int result = 0;
        if (udp)
        {
            ReportErrors(socket, at.Address);
        }
        else
        {
            result = SocketCalls.SetOption(socket, LevelSocket, ReuseAddress, 1);
        }
        if (SocketAddress.FamilyOf(at.Address) == FamilyV6)
        {
            SocketCalls.SetOption(socket, LevelV6, OnlyV6, 1);
        }
        if (result >= 0)
        {
            result = BindTo(socket, at);
        }
        if (result >= 0 && !udp)
        {
            result = SocketCalls.Listen(socket, Backlog);
        }
        return result >= 0 ? socket : CloseAfter(socket, result);
    }

    public int Accept(int listener, out HostEnd peer)
    {
        peer = default;
        int socket = SocketCalls.Accept(listener);
        if (socket < 0)
        {
            return socket;
        }
        int result = Admit(socket, out peer);
        return result >= 0 ? socket : CloseAfter(socket, result);
    }

    public int Admit(int socket, out HostEnd peer)
    {
        byte* address = stackalloc byte[SocketAddress.MaxSize];
        uint length = SocketAddress.MaxSize;
        int result = SocketCalls.PeerName(socket, address, ref length);
        peer = result < 0 ? default : SocketAddress.Read(address);
        return result < 0 ? result : Prepare(socket);
    }

    public void Close(int socket) => FileCalls.Close(socket);

    public HostEnd LocalEnd(int socket)
    {
        byte* address = stackalloc byte[SocketAddress.MaxSize];
        uint length = SocketAddress.MaxSize;
        return SocketCalls.LocalName(socket, address, ref length) < 0 ? default : SocketAddress.Read(address);
    }

    public void Dispose() => _fallback?.Dispose();

    private int Prepare(int socket)
    {
        int result = SocketCalls.SetOption(socket, LevelTcp, NoDelay, 1);
        if (result >= 0)
        {
            result = SocketCalls.SetOption(socket, LevelSocket, UrgentInline, 1);
        }
        return result >= 0 ? SetPeekOffset(socket, 0) : result;
    }

    private static int BindTo(int socket, HostEnd at)
    {
        byte* address = stackalloc byte[SocketAddress.MaxSize];
        return SocketCalls.Bind(socket, address, SocketAddress.Write(address, at));
    }

    private static int CloseAfter(int socket, int error)
    {
        FileCalls.Close(socket);
        return error;
    }

    /// <summary>Both families, where the host has them: a socket of either may come here.</summary>
    private static bool KernelPeeksAtOffset() => FamilyPeeksAtOffset(FamilyV4) && FamilyPeeksAtOffset(FamilyV6);

    private static bool FamilyPeeksAtOffset(int family)
    {
        int socket = SocketCalls.Open(family, TypeStream, 0);
        if (socket < 0)
        {
            return socket == -Errno.EAFNOSUPPORT;
        }
        int result = SocketCalls.SetOption(socket, LevelSocket, PeekOffset, 0);
        FileCalls.Close(socket);
        return result >= 0;
    }
}
