using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;

namespace Weft.Endpoints.Dgram;

/// <summary>
/// Out: one batch per delivery, runs as they are. Two things bound what waits at the other end: the bytes that our socket may
/// have on their way, in the kernel's own coin, and over unix the length of the other one's queue (net.unix.max_dgram_qlen, which
/// may be as little as 10). Room is an estimate of both, from what our socket has on its way.
/// </summary>
public sealed unsafe partial class DgramEndpoint
{
    // What a buffer costs beyond its data: struct sk_buff and skb_shared_info (SKB_TRUESIZE on 64-bit).
    private const int BufferOverhead = 320;
    private const int BufferHead = 256;
    private const int UsualMtu = 1500;
    private const int EthernetAndTag = 18;
    private const int WantedSendBuffer = 1 << 20;

    private static readonly int QueueLength = ReadQueueLength();

    private MessageSlot* _outgoing;
    private IoVec* _outgoingRuns;
    private byte* _remote;
    private int _frameCost;
    private int _sendBuffer;
    private int _credit;
    private bool _full;

    /// <summary>The kernel said that there is room: whatever the estimate, a frame may be tried.</summary>
    private bool _isProven;
    private bool _hasGone;
    private Action _peerWent = null!;

    public int Room
    {
        get
        {
            if (_full || _sender < 0)
            {
                return 0;
            }
            if (_credit < Burst.Capacity)
            {
                int queued = SocketCalls.Queue(_sender, SocketConstants.OutQueue);
                int byBytes = queued < 0 ? 0 : (_sendBuffer - queued) / _frameCost;
                int byQueue = _isUdp ? byBytes : QueueLength + 1 - queued / _frameCost;
                _credit = Math.Max(_isProven ? 1 : 0, Math.Min(byBytes, byQueue));
                if (_credit == 0)
                {
                    BecomeFull();
                }
            }
            return Math.Min(_credit, Burst.Capacity);
        }
    }

    /// <summary>The network's frames carry IP packets of this length, at most; 0 for none.</summary>
    public void ShowMtu(int mtu) =>
        _frameCost = (int)BitOperations.RoundUpToPowerOf2((uint)((mtu == 0 ? UsualMtu : mtu) + EthernetAndTag + BufferOverhead)) + BufferHead;

    public void Deliver(ReadOnlySpan<FrameRef> frames)
    {
        int count = Compose(frames);
        int done = 0;
        while (done < count && !_full && _sender >= 0)
        {
            int sent = SocketCalls.SendBatch(_sender, _outgoing + done, count - done);
            if (sent > 0)
            {
                done += sent;
                _credit = Math.Max(0, _credit - sent);
            }
            else if (!GoesOn(sent, ref done))
            {
                break;
            }
        }
        if (done < count)
        {
            _port.Drop(_full ? DropReason.PortFull : DropReason.PeerGone, (ulong)(count - done));
        }
    }

    /// <summary>True when the next frames may be tried.</summary>
    private bool GoesOn(int error, ref int at)
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
                return false;
            default:
                // The switch is in the middle of a burst here: the carrier goes after the turn.
                if (!_isUdp && !_hasGone)
                {
                    _hasGone = true;
                    _lane.Post(_peerWent);
                }
                return false;
        }
    }

    private void PrepareDeliver()
    {
        _outgoing = (MessageSlot*)NativeMemory.AllocZeroed(Burst.Capacity, (nuint)sizeof(MessageSlot));
        _outgoingRuns = (IoVec*)NativeMemory.AllocZeroed(Burst.Capacity * (1 + Burst.RunsPerFrame), (nuint)sizeof(IoVec));
        _remote = (byte*)NativeMemory.AllocZeroed(DatagramSockets.EndSize);
        int length = _isUdp ? DatagramSockets.WriteEnd(_remote, _plug.Remote.End) : 0;
        for (int i = 0; i < Burst.Capacity && _isUdp; i++)
        {
            _outgoing[i].Header.Name = _remote;
            _outgoing[i].Header.NameLength = (uint)length;
        }
        _peerWent = PeerWent;
        ShowMtu(0);
    }

    private void FreeDeliver()
    {
        _hasGone = false;
        NativeMemory.Free(_outgoing);
        NativeMemory.Free(_outgoingRuns);
        NativeMemory.Free(_remote);
    }

    private void BeginDeliver()
    {
        _full = _hasGone = _isProven = false;
        _credit = 0;
        SocketCalls.SetOption(_sender, SocketConstants.LevelSocket, SocketConstants.SendBuffer, WantedSendBuffer);
        _sendBuffer = Math.Max(0, SocketCalls.GetOption(_sender, SocketConstants.LevelSocket, SocketConstants.SendBuffer));
    }

    private void BecomeFull()
    {
        _full = true;
        _isProven = false;
        _credit = 0;
        _lane.Readiness.Rewatch(_sender, SenderToken, (_isUdp ? Engine.Ready.Read : Engine.Ready.None) | Engine.Ready.Write);
    }

    private void WritableAgain()
    {
        if (_full && _sender >= 0)
        {
            _full = false;
            _isProven = true;
            _lane.Readiness.Rewatch(_sender, SenderToken, _isUdp ? Engine.Ready.Read : Engine.Ready.None);
            _port.RoomAgain();
        }
    }

    /// <summary>Writes down the messages of a delivery; how many there are. What is too long is counted and left out.</summary>
    private int Compose(ReadOnlySpan<FrameRef> frames)
    {
        int count = 0;
        foreach (ref readonly FrameRef frame in frames)
        {
            if (frame.Length > DgramPlug.MaxFrame)
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

    private static int ReadQueueLength()
    {
        const int kernels = 10;
        try
        {
            return int.Parse(File.ReadAllText("/proc/sys/net/unix/max_dgram_qlen"), CultureInfo.InvariantCulture);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or FormatException)
        {
            return kernels;
        }
    }
}
