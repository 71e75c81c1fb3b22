using Weft.Engine;
using static Weft.Linux.Sockets.SocketConstants;

namespace Weft.Linux.Sockets;

/// <summary>Socket calls as they are, through the seam. Results below zero are negated errno values.</summary>
public static unsafe class SocketCalls
{
    /// <summary>Closed on exec, and non-blocking when <paramref name="type"/> says so.</summary>
    public static int Open(int family, int type, int protocol)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.socket(family, type | CloseOnExec, protocol));
    }

    public static int Pair(int type, out int one, out int other)
    {
        one = other = -1;
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        int* pair = stackalloc int[2];
        int result = Seam.Result(Libc.socketpair(FamilyUnix, type | CloseOnExec, 0, pair));
        if (result == 0)
        {
            (one, other) = (pair[0], pair[1]);
        }
        return result;
    }

    public static int Bind(int socket, void* address, int length)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.bind(socket, address, (uint)length));
    }

    public static int Connect(int socket, void* address, int length)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.connect(socket, address, (uint)length));
    }

    public static int Listen(int socket, int backlog)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.listen(socket, backlog));
    }

    /// <summary>A non-blocking descriptor of the next connection; −EAGAIN when none waits.</summary>
    public static int Accept(int listener)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.accept4(listener, null, null, NonBlocking | CloseOnExec));
    }

    public static int Shutdown(int socket, int how)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.shutdown(socket, how));
    }

    public static int LocalName(int socket, void* address, ref uint length)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        fixed (uint* at = &length)
        {
            return Seam.Result(Libc.getsockname(socket, address, at));
        }
    }

    public static int PeerName(int socket, void* address, ref uint length)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        fixed (uint* at = &length)
        {
            return Seam.Result(Libc.getpeername(socket, address, at));
        }
    }

    /// <summary>Reads an option; the length written, or below zero.</summary>
    public static int GetOption(int socket, int level, int option, void* value, int length)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        uint size = (uint)length;
        int result = Seam.Result(Libc.getsockopt(socket, level, option, value, &size));
        return result < 0 ? result : (int)size;
    }

    public static int SetOption(int socket, int level, int option, int value)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.setsockopt(socket, level, option, &value, sizeof(int)));
    }

    public static nint Receive(int socket, void* to, int length, int flags)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.recv(socket, to, (nuint)length, flags));
    }

    public static nint Send(int socket, MessageHeader* message, int flags)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.sendmsg(socket, message, flags | MessageNoSignal));
    }

    /// <summary>Sends without waiting, whatever the socket's own flags say.</summary>
    public static nint Send(int socket, void* from, int length)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.send(socket, from, (nuint)length, MessageDontWait | MessageNoSignal));
    }

    public static nint Receive(int socket, MessageHeader* message, int flags)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.recvmsg(socket, message, flags));
    }

    /// <summary>Sends a batch; how many went, or below zero when the first did not.</summary>
    public static int SendBatch(int socket, MessageSlot* messages, int count)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.sendmmsg(socket, messages, (uint)count, MessageDontWait | MessageNoSignal));
    }

    /// <summary>Receives a batch without waiting; how many came, or below zero.</summary>
    public static int ReceiveBatch(int socket, MessageSlot* messages, int count)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.recvmmsg(socket, messages, (uint)count, MessageDontWait, null));
    }

    public static bool IsSocket(int descriptor) => GetOption(descriptor, LevelSocket, SocketType) >= 0;

    /// <summary>Bytes of an ioctl that answers an int (SIOCINQ, SIOCOUTQ), or below zero.</summary>
    public static int Queue(int socket, uint which)
    {
        int bytes = 0;
        int result = FileCalls.Control(socket, which, &bytes);
        return result < 0 ? result : bytes;
    }

    /// <summary>An int option, or below zero.</summary>
    public static int GetOption(int socket, int level, int option)
    {
        int value = 0;
        int result = GetOption(socket, level, option, &value, sizeof(int));
        return result < 0 ? result : value;
    }
}
