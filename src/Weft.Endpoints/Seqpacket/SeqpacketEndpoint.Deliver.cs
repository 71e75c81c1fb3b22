using System.Numerics;
using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;

namespace Weft.Endpoints.Seqpacket;

/// <summary>
/// Out: one batch per delivery, runs as they are. The socket's buffer is counted by the kernel in what a message costs it
/// (buffer rounded up, plus its own head), not in bytes of frames; room is an estimate in the same coin, looked up only when
/// less than a burst is surely left. The wake-up for room is asked for when it is gone: it does not come by itself.
/// </summary>
public sealed unsafe partial class SeqpacketEndpoint
{
    // What an skb costs beyond its data: struct sk_buff and skb_shared_info (SKB_TRUESIZE on 64-bit).
    private const int BufferOverhead = 320;
    private const int BufferHead = 256;

    private MessageSlot* _outgoing;
    private IoVec* _outgoingRuns;
    private int _frameCost;
    private int _sendBuffer;
    private int _credit;
    private bool _full;

    public int Room
    {
        get
        {
            if (_full || _connection < 0)
            {
                return 0;
            }
            if (_credit < Burst.Capacity)
            {
                int queued = SocketCalls.Queue(_connection, SocketConstants.OutQueue);
                _credit = queued < 0 ? 0 : Math.Max(0, (_sendBuffer - queued) / _frameCost);
                if (_credit == 0)
                {
                    BecomeFull();
                }
            }
            return Math.Min(_credit, Burst.Capacity);
        }
    }

    public void Deliver(ReadOnlySpan<FrameRef> frames)
    {
        int count = Compose(frames);
        int done = 0;
        while (done < count && !_full && _connection >= 0)
        {
            int sent = SocketCalls.SendBatch(_connection, _outgoing + done, count - done);
            if (sent > 0)
            {
                done += sent;
                _credit = Math.Max(0, _credit - sent);
            }
            else if (!GoesOn(sent, ref done))
            {
                return;
            }
        }
        if (done < count)
        {
            _port.Drop(_connection < 0 ? DropReason.PeerGone : DropReason.PortFull, (ulong)(count - done));
        }

        // True when the next frames may be tried; counts what cannot go.
        bool GoesOn(int error, ref int at)
        {
            switch (error)
            {
                case -Errno.EINTR:
                    return true;
                case -Errno.EMSGSIZE:
                    at++;
                    _port.Drop(DropReason.Oversized);
                    return true;
                case -Errno.EAGAIN or -Errno.ENOBUFS or -Errno.ENOMEM:
                    BecomeFull();
                    return true;
                default:
                    // The end of the connection is handled where it is reported: the switch is in the middle of a burst here.
                    _port.Drop(DropReason.PeerGone, (ulong)(count - at));
                    return false;
            }
        }
    }

    private void PrepareDeliver()
    {
        _outgoing = (MessageSlot*)NativeMemory.AllocZeroed(Burst.Capacity, (nuint)sizeof(MessageSlot));
        _outgoingRuns = (IoVec*)NativeMemory.AllocZeroed(Burst.Capacity * (1 + Burst.RunsPerFrame), (nuint)sizeof(IoVec));
        _frameCost = (int)BitOperations.RoundUpToPowerOf2((uint)(_maxFrame + BufferOverhead)) + BufferHead;
    }

    private void FreeDeliver()
    {
        NativeMemory.Free(_outgoing);
        NativeMemory.Free(_outgoingRuns);
    }

    private void BeginDeliver()
    {
        _full = false;
        _credit = 0;
        _sendBuffer = Math.Max(0, SocketCalls.GetOption(_connection, SocketConstants.LevelSocket, SocketConstants.SendBuffer));
    }

    private void BecomeFull()
    {
        _full = true;
        _port.Lane.Readiness.Rewatch(_connection, ConnectionToken, ConnectionInterest | Engine.Ready.Write);
    }

    private void WritableAgain()
    {
        if (_full)
        {
            _full = false;
            _credit = 0;
            _port.Lane.Readiness.Rewatch(_connection, ConnectionToken, ConnectionInterest);
            _port.RoomAgain();
        }
    }

    /// <summary>Writes down the messages of a delivery; how many there are. What is too long is counted and left out.</summary>
    private int Compose(ReadOnlySpan<FrameRef> frames)
    {
        int count = 0;
        foreach (ref readonly FrameRef frame in frames)
        {
            if (frame.Length > _maxFrame)
            {
                _port.Drop(DropReason.Oversized);
                continue;
            }
            IoVec* runs = _outgoingRuns + count * (1 + Burst.RunsPerFrame);
            runs[0] = new IoVec(frame.Head, (nuint)frame.HeadLength);
            for (int i = 0; i < frame.RestCount; i++)
            {
                runs[1 + i] = frame.Rest[i];
            }
            _outgoing[count].Header.Runs = runs;
            _outgoing[count].Header.RunCount = (nuint)(1 + frame.RestCount);
            count++;
        }
        return count;
    }
}
