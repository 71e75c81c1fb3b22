using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Messages;
using Weft.Linux.Sockets;

namespace Weft.Endpoints.Stream;

/// <summary>
/// Out: a frame is written when all of it surely fits, so that none is cut. Room is reckoned in what the kernel charges for it
/// and looked up only when that which is known is used up; it only grows meanwhile. Over a unix socket each frame is one call of
/// a batch, hence whole: the kernel takes it as one buffer or two, and refuses only where there is no room. Over TCP
/// a batch is one call, so that the kernel makes large segments of it.
/// </summary>
public sealed unsafe partial class StreamEndpoint
{
    private const int WantedSendBuffer = 1 << 20;

    private const int UsualMtu = 1500;
    private const int EthernetAndTag = 18;
    private const int MostRuns = 1024; // UIO_MAXIOV

    private readonly int[] _lengths = new int[Burst.Capacity];
    private MessageSlot* _outgoing;
    private IoVec* _runs;
    private int _usualCost;
    private int _sendBuffer;
    private long _credit;
    private bool _full;
    private bool _isCut;
    private Action _endCut = null!;

    public int Room
    {
        get
        {
            if (_full || _connection < 0)
            {
                return 0;
            }
            // Whenever the kernel says "writable" a quarter of the buffer is free, so this ends.
            int cost = Math.Max(1, Math.Min(_usualCost, _sendBuffer / 4));
            if (_credit < (long)cost * Burst.Capacity)
            {
                LookUpCredit();
                if (_credit < cost)
                {
                    BecomeFull();
                }
            }
            return (int)Math.Min(_credit / cost, Burst.Capacity);
        }
    }

    /// <summary>The network's frames carry IP packets of this length, at most; 0 for none.</summary>
    public void ShowMtu(int mtu) => _usualCost = CostOf((mtu == 0 ? UsualMtu : mtu) + EthernetAndTag);

    public void Deliver(ReadOnlySpan<FrameRef> frames)
    {
        while (!frames.IsEmpty)
        {
            if (_connection < 0 || _isCut || _full)
            {
                _port.Drop(_full ? DropReason.PortFull : DropReason.PeerGone, (ulong)frames.Length);
                return;
            }
            int taken = Compose(frames, out int count);
            frames = frames[taken..];
            if (count > 0)
            {
                int left = _isTcp ? SendStream(count) : SendMessages(count);
                _port.Drop(_full ? DropReason.PortFull : DropReason.PeerGone, (ulong)left);
            }
        }
    }

    private void PrepareDeliver()
    {
        _outgoing = (MessageSlot*)NativeMemory.AllocZeroed(Burst.Capacity, (nuint)sizeof(MessageSlot));
        _runs = (IoVec*)NativeMemory.AllocZeroed(MostRuns, (nuint)sizeof(IoVec));
        _endCut = EndCut;
        ShowMtu(0);
    }

    private void FreeDeliver()
    {
        NativeMemory.Free(_outgoing);
        NativeMemory.Free(_runs);
    }

    private void BeginDeliver()
    {
        SocketCalls.SetOption(_connection, SocketConstants.LevelSocket, SocketConstants.SendBuffer, WantedSendBuffer);
        _sendBuffer = Math.Max(0, SocketCalls.GetOption(_connection, SocketConstants.LevelSocket, SocketConstants.SendBuffer));
        _full = _isCut = false;
        _credit = 0;
    }

    /// <summary>A frame costs its length rounded up as memory is, and its head.</summary>
    private static int CostOf(int length) => MessageCost.Of(length + LengthSize);

    private void LookUpCredit()
    {
        int queued = _isTcp ? 0 : SocketCalls.Queue(_connection, SocketConstants.OutQueue);
        _credit = _isTcp ? _plug.Sockets.Room(_connection) : queued < 0 ? 0 : Math.Max(0, _sendBuffer - queued);
    }

    /// <summary>Writes down the messages of the first frames that fit one send; how many frames those are, in <paramref name="count"/>
    /// how many of them go. What is too long is counted and left out. Without room for the next one the port is full.</summary>
    private int Compose(ReadOnlySpan<FrameRef> frames, out int count)
    {
        count = 0;
        int used = 0;
        for (int i = 0; i < frames.Length; i++)
        {
            ref readonly FrameRef frame = ref frames[i];
            if (frame.Length > MaxFrame)
            {
                _port.Drop(DropReason.Oversized);
                continue;
            }
            if (count == Burst.Capacity || used + 1 + frame.RestCount > MostRuns)
            {
                return i;
            }
            int cost = CostOf(frame.Length);
            if (_credit < cost && count > 0)
            {
                // What was composed goes first: the kernel does not know of it yet.
                return i;
            }
            if (_credit < cost)
            {
                LookUpCredit();
                if (_credit < cost)
                {
                    BecomeFull();
                    return i;
                }
            }
            _credit -= cost;
            Compose(in frame, count++, ref used);
        }
        return frames.Length;
    }

    private void Compose(in FrameRef frame, int index, ref int used)
    {
        byte* front = frame.Head - LengthSize;
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(front, LengthSize), (uint)frame.Length);
        IoVec* runs = _runs + used;
        runs[0] = new IoVec(front, (nuint)(LengthSize + frame.HeadLength));
        for (int i = 0; i < frame.RestCount; i++)
        {
            runs[1 + i] = frame.Rest[i];
        }
        _outgoing[index].Header.Runs = runs;
        _outgoing[index].Header.RunCount = (nuint)(1 + frame.RestCount);
        _lengths[index] = LengthSize + frame.Length;
        used += 1 + frame.RestCount;
    }

    /// <summary>How many of the frames did not go.</summary>
    private int SendMessages(int count)
    {
        int done = 0;
        while (done < count)
        {
            int sent = SocketCalls.SendBatch(_connection, _outgoing + done, count - done);
            if (sent > 0)
            {
                done += sent;
                if (_outgoing[done - 1].Length != (uint)_lengths[done - 1])
                {
                    BeCut();
                    break;
                }
            }
            else if (!MayRetry(sent))
            {
                break;
            }
        }
        return count - done;
    }

    private int SendStream(int count)
    {
        ReadOnlySpan<int> lengths = _lengths.AsSpan(0, count);
        int runs = (int)(_outgoing[count - 1].Header.Runs - _runs) + (int)_outgoing[count - 1].Header.RunCount;
        _journal.Begin(lengths);
        long sent;
        do
        {
            sent = _plug.Sockets.Send(_connection, _runs, runs);
        }
        while (sent < 0 && MayRetry((int)sent));
        if (sent < 0)
        {
            return count;
        }
        long whole = 0;
        int done = 0;
        while (done < count && whole + lengths[done] <= sent)
        {
            whole += lengths[done++];
        }
        if (done == count)
        {
            _journal.Took(sent);
            return 0;
        }
        bool isPart = sent > whole;
        if (isPart)
        {
            _journal.TookPart(sent, _outgoing[done].Header.Runs, (int)_outgoing[done].Header.RunCount, sent - whole);
            done++;
        }
        else
        {
            _journal.Took(sent);
        }
        BecomeFull();
        return count - done;
    }

    /// <summary>True when the call is to be made again.</summary>
    private bool MayRetry(int error)
    {
        if (error is -Errno.EAGAIN or -Errno.ENOBUFS or -Errno.ENOMEM)
        {
            BecomeFull();
        }
        // The end of the connection is handled where it is reported: the switch is in the middle of a burst here.
        return error == -Errno.EINTR;
    }

    private void BecomeFull()
    {
        _full = true;
        _credit = 0;
        _lane.Readiness.Rewatch(_connection, ConnectionToken, ConnectionInterest | Engine.Ready.Write);
    }

    private void WritableAgain()
    {
        if (!_full)
        {
            return;
        }
        if (_isTcp && !_journal.FinishRest(_connection, out int error) && error is -Errno.EAGAIN or -Errno.EINTR or -Errno.ENOBUFS or -Errno.ENOMEM)
        {
            BecomeFull();
            return;
        }
        _full = false;
        _lane.Readiness.Rewatch(_connection, ConnectionToken, ConnectionInterest);
        _port.RoomAgain();
    }

    /// <summary>Nothing may follow a frame that was cut. Seen in the middle of a turn, while frames are on loan: the end comes after it.</summary>
    private void BeCut()
    {
        _isCut = true;
        _port.Drop(DropReason.HalfSent);
        _lane.Post(_endCut);
    }

    private void EndCut()
    {
        if (_isCut && !_isOver && _connection >= 0)
        {
            HangUp();
        }
    }
}
