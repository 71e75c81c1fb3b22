using Weft.Linux.Memory;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Linux.Keeping;

/// <summary>The start of a worker, in the order of the calls, and its orderly end. All of it may wait; the lane does not run.</summary>
public sealed unsafe partial class KeeperLink
{
    private const int StopTries = 100;
    private const int StopWaitMilliseconds = 10;

    /// <summary>Connects to the keeper of a home and says hello. Throws when there is none.</summary>
    public static KeeperLink Connect(string home)
    {
        int slots = SlotLimit.Raise();
        int socket = UnixSockets.Connect(KeeperPaths.KeeperSocket(home), SocketConstants.TypeSeqpacket);
        KeeperLink link = new(LinuxException.Check(socket, "keeper"), slots);
        link.SayHello();
        return link;
    }

    /// <summary>Waits for the shared memory, which a first worker finds without a size. The caller owns it; it is handed to later keepers too.</summary>
    public SharedMemory ReceiveMemory()
    {
        int received = _message.Receive(_socket, wait: true);
        int descriptor = received > 0 && _message.Kind == KeeperMessageKind.Memory ? _message.TakeDescriptor() : -1;
        if (descriptor < 0)
        {
            throw new LinuxException("shared memory from the keeper", received < 0 ? -received : Errno.ECONNRESET);
        }
        return _memory = SharedMemory.Open(descriptor);
    }

    /// <summary>The keeper has said something that was not taken yet: a standby's waiting is over.</summary>
    /// <param name="milliseconds">How long to wait for it.</param>
    public bool HasMessage(int milliseconds)
    {
        PollEntry entry = new() { Descriptor = _socket, Wanted = PollEntry.In };
        return FileCalls.Poll(new Span<PollEntry>(ref entry), milliseconds) > 0;
    }

    /// <summary>Waits until this worker is to serve, however long that takes for a standby; then every slot of the predecessor
    /// is there. The number of descriptors, or a negated errno when the keeper is gone: a standby then ends itself.</summary>
    public int WaitForGo()
    {
        int count = 0;
        while (true)
        {
            int received = _message.Receive(_socket, wait: true);
            if (received == -Errno.EINTR)
            {
                continue;
            }
            if (received <= 0)
            {
                return received == 0 ? -Errno.ECONNRESET : received;
            }
            switch (_message.Kind)
            {
                case KeeperMessageKind.Go:
                    return count;
                case KeeperMessageKind.Batch:
                    count += TakeBatch();
                    break;
                default:
                    return -Errno.EIO;
            }
        }
    }

    /// <summary>Tells the keeper that turns are served now.</summary>
    public void SendReady()
    {
        _owesReady = true;
        Flush();
    }

    /// <summary>The worker ends in order: the keeper drops everything and ends too. False when it could not be told.</summary>
    public bool SendStop()
    {
        for (int i = 0; i < StopTries && _socket >= 0; i++)
        {
            _message.Begin(KeeperMessageKind.Stop);
            int result = _message.Send(_socket);
            if (result >= 0 || !Errno.IsBusy(result))
            {
                return result >= 0;
            }
            PollEntry entry = new() { Descriptor = _socket, Wanted = PollEntry.Out };
            FileCalls.Poll(new Span<PollEntry>(ref entry), StopWaitMilliseconds);
        }
        return false;
    }

    internal void SayHello()
    {
        _message.Begin(KeeperMessageKind.Hello);
        LinuxException.Check(_message.Send(_socket), "hello to the keeper");
    }

    private int TakeBatch()
    {
        int taken = 0;
        for (int i = 0; i < _message.Count; i++)
        {
            int slot = _message[i].Slot;
            int descriptor = _message.TakeDescriptor();
            if ((uint)slot >= (uint)_slots.Capacity || _slots.State(slot) != SlotState.Free)
            {
                FileCalls.Close(descriptor);
                continue;
            }
            _slots.TakeAt(slot, descriptor, SlotState.Inherited);
            if (descriptor >= 0)
            {
                taken++;
            }
            else
            {
                // We are out of descriptors; the flow is lost, and the keeper need not hold it either.
                Drop(slot);
            }
        }
        return taken;
    }
}
