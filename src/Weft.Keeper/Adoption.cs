using System.Runtime.InteropServices;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Memory;
using Weft.Linux.Processes;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Keeper;

/// <summary>
/// A worker that outlived its keeper is asked to take this one: one command on its socket, and the same connection then
/// brings the shared memory and the worker's process id, and after them every slot.
/// </summary>
/// <param name="Pidfd">Tells the worker's end, though it is not our child.</param>
internal sealed record Adoption(int Pid, int Pidfd, int Socket, SharedMemory Memory)
{
    private const int AnswerMilliseconds = 5_000;

    /// <summary>Null when no worker lives, or it dies while asked. Throws when one lives and does not let itself be adopted.</summary>
    public static Adoption? TryFind(string home)
    {
        int socket = UnixSockets.Connect(KeeperPaths.WorkerSocket(home), SocketConstants.TypeSeqpacket);
        if (socket is -Errno.ENOENT or -Errno.ECONNREFUSED)
        {
            return null;
        }
        LinuxException.Check(socket, "worker");
        try
        {
            return Ask(socket);
        }
        catch (LinuxException gone) when (gone.Error is Errno.ECONNRESET or Errno.EPIPE or Errno.ESRCH)
        {
            FileCalls.Close(socket);
            return null;
        }
    }

    private static Adoption Ask(int socket)
    {
        if (!UnixSockets.IsOwnerOrRoot(socket))
        {
            throw new LinuxException("worker of another user", Errno.EPERM);
        }
        CommandHeader command = new() { Kind = CommandKind.AdoptKeeper, Tag = 1 };
        LinuxException.Check(DescriptorMessages.Send(socket, Bytes(ref command), []), "worker");
        CommandReply reply = default;
        Await(socket);
        int received = LinuxException.Check(DescriptorMessages.Receive(socket, Bytes(ref reply), [], out _), "worker");
        if (received == 0)
        {
            throw new LinuxException("worker", Errno.ECONNRESET);
        }
        if (received < Marshal.SizeOf<CommandReply>() || reply.Error != 0)
        {
            throw new LinuxException("worker does not let itself be adopted", reply.Error == 0 ? Errno.EIO : reply.Error);
        }
        using KeeperMessage message = new();
        Await(socket);
        LinuxException.Check(message.Receive(socket), "worker");
        if (message.Kind != KeeperMessageKind.Memory)
        {
            throw new LinuxException("worker does not hand over its memory", Errno.EIO);
        }
        SharedMemory memory = SharedMemory.Open(message.TakeDescriptor(), readOnly: true);
        int pid = (int)message.Value;
        return new Adoption(pid, LinuxException.Check(ProcessCalls.OpenProcess(pid), "worker"), socket, memory);
    }

    private static void Await(int socket)
    {
        PollEntry entry = new() { Descriptor = socket, Wanted = PollEntry.In };
        if (FileCalls.Poll(new Span<PollEntry>(ref entry), AnswerMilliseconds) <= 0)
        {
            throw new LinuxException("worker does not answer", Errno.ETIMEDOUT);
        }
    }

    private static Span<byte> Bytes<T>(ref T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new Span<T>(ref value));
}
