using Weft.Engine;
using Weft.Wire;
using static Weft.Linux.Sockets.SocketConstants;

namespace Weft.Linux.Sockets;

/// <summary>UDP and ping sockets, and the error queue through which ICMP errors come to an ordinary user.</summary>
public sealed unsafe partial class HostSockets
{
    public int OpenUdp(IpAddress source)
    {
        int socket = SocketCalls.Open(SocketAddress.FamilyOf(source), TypeDatagram | NonBlocking, 0);
        if (socket < 0)
        {
            return socket;
        }
        int result = ReportErrors(socket, source);
        if (result >= 0)
        {
            result = BindTo(socket, new HostEnd(source, 0));
        }
        return result >= 0 ? socket : CloseAfter(socket, result);
    }

    public int OpenPing(bool v6, ushort identifier)
    {
        int socket = SocketCalls.Open(v6 ? FamilyV6 : FamilyV4, TypeDatagram | NonBlocking, v6 ? ProtocolIcmpV6 : ProtocolIcmp);
        if (socket < 0)
        {
            return socket;
        }
        IpAddress any = v6 ? new IpAddress(0, 0) : IpAddress.FromV4(0);
        int result = v6 ? SocketCalls.SetOption(socket, LevelV6, ReceiveErrorsV6, 1) : ReportErrors(socket, any);
        if (result >= 0)
        {
            // The port of a ping socket is its echo identifier; 0 lets the kernel choose one.
            byte* address = stackalloc byte[SocketAddress.MaxSize];
            int length = SocketAddress.Write(address, new HostEnd(any, identifier));
            if (v6)
            {
                *(ushort*)address = FamilyV6;
                length = SocketAddress.MaxSize;
            }
            result = SocketCalls.Bind(socket, address, length);
        }
        return result >= 0 ? socket : CloseAfter(socket, result);
    }

    public long SendTo(int socket, IoVec* runs, int count, HostEnd to, byte timeToLive)
    {
        byte* address = stackalloc byte[SocketAddress.MaxSize];
        byte* control = stackalloc byte[ControlMessage.SpaceForInt];
        MessageHeader message = default;
        message.Name = address;
        message.NameLength = (uint)SocketAddress.Write(address, to);
        message.Runs = runs;
        message.RunCount = (nuint)count;
        if (timeToLive != 0)
        {
            bool v4 = SocketAddress.FamilyOf(to.Address) == FamilyV4;
            message.Control = control;
            message.ControlLength = ControlMessage.SpaceForInt;
            ControlMessage.WriteInt(control, v4 ? LevelV4 : LevelV6, v4 ? TimeToLive : HopLimit, timeToLive);
        }
        return SocketCalls.Send(socket, &message, MessageDontWait);
    }

    public long ReceiveFrom(int socket, byte* to, int length, out HostEnd from)
    {
        byte* address = stackalloc byte[SocketAddress.MaxSize];
        *(ushort*)address = FamilyNone;
        IoVec run = new(to, (nuint)length);
        MessageHeader message = default;
        message.Name = address;
        message.NameLength = SocketAddress.MaxSize;
        message.Runs = &run;
        message.RunCount = 1;
        long received = SocketCalls.Receive(socket, &message, MessageDontWait);
        from = received < 0 ? default : SocketAddress.Read(address);
        return received;
    }

    public long ReceiveError(int socket, byte* to, int length, out IcmpErrorReport report)
    {
        byte* address = stackalloc byte[SocketAddress.MaxSize];
        byte* control = stackalloc byte[ErrorQueue.ControlSize];
        *(ushort*)address = FamilyNone;
        IoVec run = new(to, (nuint)length);
        MessageHeader message = default;
        message.Name = address;
        message.NameLength = SocketAddress.MaxSize;
        message.Runs = &run;
        message.RunCount = 1;
        message.Control = control;
        message.ControlLength = ErrorQueue.ControlSize;
        long received = SocketCalls.Receive(socket, &message, MessageErrorQueue | MessageDontWait);
        report = received < 0 ? default : ErrorQueue.Read(in message, SocketAddress.Read(address));
        return received;
    }

    private static int ReportErrors(int socket, IpAddress family) => SocketAddress.FamilyOf(family) == FamilyV4
        ? SocketCalls.SetOption(socket, LevelV4, ReceiveErrors, 1)
        : SocketCalls.SetOption(socket, LevelV6, ReceiveErrorsV6, 1);
}
