using Weft.Engine;
using Weft.Linux.Sockets;
using static Weft.Linux.Sockets.SocketConstants;

namespace Weft.Linux.Unix;

/// <summary>
/// Theory. One message with descriptors (SCM_RIGHTS). A queued message already holds what it carries: the sender may close,
/// or die, and the receiver still gets it. What may go wrong is data, not an exception:
///   −EAGAIN        the peer has not read; the socket's buffer is full
///   −ETOOMANYREFS  an ordinary user has RLIMIT_NOFILE descriptors in flight; the peer has to read first
///   −EPIPE, −ECONNRESET, −ENOTCONN  the peer is gone
/// A received descriptor is owned on arrival. Where the receiver is out of descriptors the kernel hands over those that fit,
/// in order, and drops the others: the count tells.
/// </summary>
public static unsafe class DescriptorMessages
{
    /// <summary>Descriptors that one message may carry.</summary>
    public const int MaxDescriptors = MaxRights;

    private const int ControlSize = ControlMessage.HeaderSize + ((MaxRights * sizeof(int) + 7) & ~7);

    /// <summary>Sends one message; the bytes sent, or below zero.</summary>
    public static int Send(int socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors, bool wait = false)
    {
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* at = bytes)
        {
            IoVec run = new(at, (nuint)bytes.Length);
            MessageHeader message = default;
            message.Runs = &run;
            message.RunCount = 1;
            if (!descriptors.IsEmpty)
            {
                int length = descriptors.Length * sizeof(int);
                ControlMessage.Write(control, LevelSocket, Rights, length);
                descriptors.CopyTo(new Span<int>(control + ControlMessage.HeaderSize, descriptors.Length));
                message.Control = control;
                message.ControlLength = (nuint)ControlMessage.Space(length);
            }
            return (int)SocketCalls.Send(socket, &message, wait ? 0 : MessageDontWait);
        }
    }

    /// <summary>Receives one message: its bytes (0: the peer has closed), or below zero. Descriptors come close-on-exec;
    /// more than <paramref name="descriptors"/> has room for are closed.</summary>
    public static int Receive(int socket, Span<byte> bytes, Span<int> descriptors, out int count, bool wait = false)
    {
        byte* control = stackalloc byte[ControlSize];
        count = 0;
        fixed (byte* at = bytes)
        {
            IoVec run = new(at, (nuint)bytes.Length);
            MessageHeader message = default;
            message.Runs = &run;
            message.RunCount = 1;
            message.Control = control;
            message.ControlLength = ControlSize;
            int received = (int)SocketCalls.Receive(socket, &message, MessageCloseOnExec | (wait ? 0 : MessageDontWait));
            if (received >= 0)
            {
                count = Take(in message, descriptors);
            }
            return received;
        }
    }

    private static int Take(in MessageHeader message, Span<int> descriptors)
    {
        byte* data = ControlMessage.Find(in message, LevelSocket, Rights, out int length);
        int sent = data is null ? 0 : length / sizeof(int);
        int taken = Math.Min(sent, descriptors.Length);
        new ReadOnlySpan<int>(data, taken).CopyTo(descriptors);
        for (int i = taken; i < sent; i++)
        {
            FileCalls.Close(((int*)data)[i]);
        }
        return taken;
    }
}
