using Weft.Engine;
using Weft.Wire;

namespace Weft.Tests.Simulation;

/// <summary>The simulator twin of the kernel's sockets: every call passes the fault seam, then acts on the world.</summary>
internal sealed unsafe class SimulatedHostSockets(SimulatedWorld world, DescriptorTable descriptors, FaultSeam seam) : IHostSockets
{
    /// <summary>Most bytes that one Send takes: forces short writes.</summary>
    public int MostPerSend { get; set; } = int.MaxValue;

    /// <summary>net.ipv4.ping_group_range lets us.</summary>
    public bool PingAllowed { get; set; } = true;

    public int OpenTcp(IpAddress source) => Call(() => Register(world.Open(udp: false, source)));

    public int OpenUdp(IpAddress source) => Call(() => Register(world.Open(udp: true, source)));

    public int OpenPing(bool v6, ushort identifier) =>
        Call(() => PingAllowed ? Register(world.OpenPing(identifier)) : -Errno.Access);

    public int Listen(HostEnd at, bool udp) => Call(() => Register(udp ? world.Open(true, at.Address, at.Port) : world.Listen(at)));

    public int Connect(int socket, HostEnd to) => Call(() => Get<KernelTcp>(socket)?.Connect(to) ?? -Errno.BadDescriptor);

    public int Accept(int listener, out HostEnd peer)
    {
        HostEnd from = default;
        int result = Call(() =>
        {
            if (Get<KernelListener>(listener) is not { } source)
            {
                return -Errno.BadDescriptor;
            }
            if (source.Next() is not { } connection)
            {
                return -Errno.Again;
            }
            int descriptor = descriptors.Add(connection);
            if (descriptor >= 0)
            {
                from = connection.Remote;
                source.TakeNext();
            }
            return descriptor;
        });
        peer = from;
        return result;
    }

    public int Admit(int socket, out HostEnd peer)
    {
        peer = Get<KernelTcp>(socket)?.Remote ?? default;
        return Call(() => Get<KernelTcp>(socket) is null ? -Errno.BadDescriptor : 0);
    }

    public long Send(int socket, IoVec* runs, int count)
    {
        int fault = seam.Enter();
        return fault != 0 ? fault : seam.Leave(Get<KernelTcp>(socket)?.Send(runs, count, MostPerSend) ?? -Errno.BadDescriptor);
    }

    public long Peek(int socket, IoVec* runs, int count)
    {
        int fault = seam.Enter();
        return fault != 0 ? fault : seam.Leave(Get<KernelTcp>(socket)?.Peek(runs, count) ?? -Errno.BadDescriptor);
    }

    public int SetPeekOffset(int socket, int offset) =>
        Call(() => Get<KernelTcp>(socket)?.SetPeekOffset(offset) ?? -Errno.BadDescriptor);

    public long Discard(int socket, int bytes) => Call(() => Get<KernelTcp>(socket)?.Discard(bytes) ?? -Errno.BadDescriptor);

    public int Room(int socket) => Call(() => Get<KernelTcp>(socket)?.Room() ?? -Errno.BadDescriptor);

    public int ShutdownWrite(int socket) => Call(() => Get<KernelTcp>(socket)?.ShutdownWrite() ?? -Errno.NotConnected);

    public int Abort(int socket) => Call(() => descriptors[socket] switch
    {
        KernelTcp connection => connection.Abort(),
        KernelListener listener => listener.Abort(),
        KernelDatagram datagram => datagram.Abort(),
        null => -Errno.BadDescriptor,
        _ => 0,
    });

    public void Close(int socket)
    {
        if (seam.Enter() == 0)
        {
            descriptors.Close(socket);
            seam.Leave(0);
        }
    }

    public bool TryReadState(int socket, out TcpSocketState state)
    {
        state = default;
        if (seam.Enter() != 0 || Get<KernelTcp>(socket) is not { } connection)
        {
            return false;
        }
        state = connection.Read();
        return seam.Leave(true);
    }

    public int TakeError(int socket) => Call(() => descriptors[socket]?.TakeError() ?? -Errno.BadDescriptor);

    public HostEnd LocalEnd(int socket) => descriptors[socket]?.Local ?? default;

    public long SendTo(int socket, IoVec* runs, int count, HostEnd to, byte timeToLive)
    {
        int fault = seam.Enter();
        return fault != 0 ? fault : seam.Leave(Get<KernelDatagram>(socket)?.Send(runs, count, to, timeToLive) ?? -Errno.BadDescriptor);
    }

    public long ReceiveFrom(int socket, byte* to, int length, out HostEnd from)
    {
        from = default;
        int fault = seam.Enter();
        return fault != 0 ? fault : seam.Leave(Get<KernelDatagram>(socket)?.Receive(to, length, out from) ?? -Errno.BadDescriptor);
    }

    public long ReceiveError(int socket, byte* to, int length, out IcmpErrorReport report)
    {
        report = default;
        int fault = seam.Enter();
        return fault != 0 ? fault : seam.Leave(Get<KernelDatagram>(socket)?.ReceiveError(to, length, out report) ?? -Errno.BadDescriptor);
    }

    private T? Get<T>(int socket)
        where T : KernelSocket => descriptors[socket] as T;

    private int Register(KernelSocket? socket)
    {
        if (socket is null)
        {
            return -Errno.AddressInUse;
        }
        socket.Hold();
        int descriptor = descriptors.Add(socket);
        socket.Let();
        return descriptor;
    }

    private TResult Call<TResult>(Func<TResult> call)
        where TResult : struct, System.Numerics.INumberBase<TResult>
    {
        int fault = seam.Enter();
        return fault != 0 ? TResult.CreateChecked(fault) : seam.Leave(call());
    }
}
