using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Engine;

/// <summary>An address and a port, in host order.</summary>
public readonly record struct HostEnd(IpAddress Address, ushort Port)
{
    public override string ToString() => $"{Address}:{Port}";
}

/// <summary>State of a TCP socket as the kernel has it, read until two readings agree (design §2: sequence numbers come from the kernel).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TcpSocketState
{
    /// <summary><c>tcpi_state</c>: 1 ESTABLISHED, 2 SYN_SENT, 3 SYN_RECV, 4 FIN_WAIT1, 5 FIN_WAIT2, 6 TIME_WAIT, 7 CLOSE, 8 CLOSE_WAIT, 9 LAST_ACK, 10 LISTEN, 11 CLOSING.</summary>
    public byte State;

    /// <summary><c>tcpi_bytes_acked</c>: bytes of ours that the peer acknowledged, our SYN and FIN counted when we dialled.</summary>
    public ulong BytesAcked;

    /// <summary><c>tcpi_bytes_received</c>: bytes the kernel has acknowledged to the peer.</summary>
    public ulong BytesReceived;

    /// <summary>SIOCOUTQ: bytes accepted from us that the peer has not acknowledged.</summary>
    public int OutQueue;

    /// <summary>SIOCINQ: bytes that we have not consumed.</summary>
    public int InQueue;
}

/// <summary>
/// The gateway's hands on the host: the one way in which it touches sockets. Implemented over the kernel in <c>Weft.Linux</c>
/// and, for virtual time, by a simulator in the tests. Results below zero are negative errno values; nothing throws.
/// </summary>
public unsafe interface IHostSockets
{
    /// <summary>A non-blocking TCP socket, with the options that the translator needs set, bound to <paramref name="source"/> when given.</summary>
    int OpenTcp(IpAddress source);

    /// <summary>0 when connected at once, -EINPROGRESS (-115) while under way.</summary>
    int Connect(int socket, HostEnd to);

    /// <summary>A listening TCP socket, or a bound UDP one.</summary>
    int Listen(HostEnd at, bool udp);

    /// <summary>Accepts one connection, options set as by <see cref="OpenTcp"/>; -EAGAIN (-11) when none waits.</summary>
    int Accept(int listener, out HostEnd peer);

    /// <summary>Sets the same options on a connection that the keeper accepted. 0 or a negative errno; the socket stays the caller's.</summary>
    int Admit(int socket, out HostEnd peer);

    /// <summary>Bytes accepted by the socket.</summary>
    long Send(int socket, IoVec* runs, int count);

    /// <summary>Copies waiting bytes from the peek offset on, without consuming; moves the peek offset on by the bytes read.
    /// 0 at the peer's FIN, -EAGAIN when nothing is there.</summary>
    long Peek(int socket, IoVec* runs, int count);

    /// <summary>Sets where the next <see cref="Peek"/> starts, in bytes after the oldest unconsumed one.</summary>
    int SetPeekOffset(int socket, int offset);

    /// <summary>Consumes bytes without copying them; the peek offset moves back by as many.</summary>
    long Discard(int socket, int bytes);

    /// <summary>Says to the peer at once that everything was received, where the kernel would wait up to 40 ms for something to say it with.</summary>
    void AcknowledgeNow(int socket)
    {
    }

    /// <summary>Bytes of payload that the socket would surely take now (SO_MEMINFO, less overhead); at most 1 MiB.</summary>
    int Room(int socket);

    int ShutdownWrite(int socket);

    /// <summary>Ends a kept TCP connection with RST, or a kept listener, however many processes hold the descriptor.</summary>
    int Abort(int socket);

    /// <summary>Closes this process's descriptor only. A kept one is ended by <c>KeptDescriptors.End</c>, nothing else.</summary>
    void Close(int socket);

    /// <summary>Stable reading of a TCP socket. False when it is no TCP socket any more.</summary>
    bool TryReadState(int socket, out TcpSocketState state);

    /// <summary>SO_ERROR, which reading clears; 0 or a positive errno.</summary>
    int TakeError(int socket);

    /// <summary>The socket's own address.</summary>
    HostEnd LocalEnd(int socket);

    /// <summary>An unconnected UDP socket on an ephemeral port, errors reported in full (IP_RECVERR).</summary>
    int OpenUdp(IpAddress source);

    /// <summary>An ICMP echo ("ping") socket; -EACCES (-13) when net.ipv4.ping_group_range does not allow it.</summary>
    int OpenPing(bool v6, ushort identifier);

    long SendTo(int socket, IoVec* runs, int count, HostEnd to, byte timeToLive);

    /// <summary>One datagram with its sender; -EAGAIN when none waits.</summary>
    long ReceiveFrom(int socket, byte* to, int length, out HostEnd from);

    /// <summary>One entry of the error queue: the ICMP error, who sent it, for which destination, and the start of the offending payload.</summary>
    long ReceiveError(int socket, byte* to, int length, out IcmpErrorReport report);
}

/// <param name="Type">ICMP type as received.</param>
/// <param name="Info">Next-hop MTU for "fragmentation needed".</param>
public readonly record struct IcmpErrorReport(byte Type, byte Code, uint Info, IpAddress Offender, HostEnd Destination);
