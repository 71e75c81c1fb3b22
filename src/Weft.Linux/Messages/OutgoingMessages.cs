using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Linux.Sockets;

namespace Weft.Linux.Messages;

/// <summary>The messages of one delivery as sendmmsg(2) takes them: a frame each, its runs as they are.</summary>
/// <param name="maxFrame">Longest frame in bytes; longer ones are counted and left out.</param>
public sealed unsafe class OutgoingMessages(int maxFrame) : IDisposable
{
    private const int RunsPerMessage = 1 + Burst.RunsPerFrame;

    private readonly MessageSlot* _slots = (MessageSlot*)NativeMemory.AllocZeroed(Burst.Capacity, (nuint)sizeof(MessageSlot));
    private readonly IoVec* _runs = (IoVec*)NativeMemory.AllocZeroed(Burst.Capacity * RunsPerMessage, (nuint)sizeof(IoVec));

    /// <summary>Every message goes to this address, which stays where it is.</summary>
    public void Address(byte* address, int length)
    {
        for (int i = 0; i < Burst.Capacity; i++)
        {
            _slots[i].Header.Name = address;
            _slots[i].Header.NameLength = (uint)length;
        }
    }

    /// <summary>Writes down the messages of a delivery; how many there are.</summary>
    public int Compose(ReadOnlySpan<FrameRef> frames, Port port)
    {
        int count = 0;
        foreach (ref readonly FrameRef frame in frames)
        {
            if (frame.Length > maxFrame)
            {
                port.Drop(DropReason.Oversized);
                continue;
            }
            IoVec* runs = _runs + count * RunsPerMessage;
            runs[0] = new IoVec(frame.Head, (nuint)frame.HeadLength);
            for (int i = 0; i < frame.RestCount; i++)
            {
                runs[1 + i] = frame.Rest[i];
            }
            _slots[count].Header.Runs = runs;
            _slots[count].Header.RunCount = (nuint)(1 + frame.RestCount);
            count++;
        }
        return count;
    }

    /// <summary>Sends messages <paramref name="from"/> up to <paramref name="count"/>. How many went, or a negated errno.</summary>
    public int Send(int socket, int from, int count) => SocketCalls.SendBatch(socket, _slots + from, count - from);

    public void Dispose()
    {
        NativeMemory.Free(_slots);
        NativeMemory.Free(_runs);
    }
}
