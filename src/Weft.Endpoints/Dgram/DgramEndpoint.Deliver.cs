using System.Globalization;
using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Messages;
using Weft.Linux.Sockets;

namespace Weft.Endpoints.Dgram;

/// <summary>
/// Out: one batch per delivery, runs as they are. Two things bound what waits at the other end: the bytes that our socket may
/// have on their way, in the kernel's own coin, and over unix the length of the other one's queue (net.unix.max_dgram_qlen, which
/// may be as little as 10). Room is an estimate of both, from what our socket has on its way.
/// </summary>
public sealed unsafe partial class DgramEndpoint
{
    private const int UsualMtu = 1500;
    private const int EthernetAndTag = 18;
    private const int WantedSendBuffer = 1 << 20;

    private static readonly int QueueLength = ReadQueueLength();

    private readonly OutgoingMessages _outgoing = new(DgramPlug.MaxFrame);
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
        _frameCost = MessageCost.Of((mtu == 0 ? UsualMtu : mtu) + EthernetAndTag);

    public void Deliver(ReadOnlySpan<FrameRef> frames)
    {
        int count = _outgoing.Compose(frames, _port);
        int done = 0;
        while (done < count && !_full && _sender >= 0)
        {
            int sent = _outgoing.Send(_sender, done, count);
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
        _remote = (byte*)NativeMemory.AllocZeroed(DatagramSockets.EndSize);
        if (_isUdp)
        {
            _outgoing.Address(_remote, DatagramSockets.WriteEnd(_remote, _plug.Remote.End));
        }
        _peerWent = PeerWent;
        ShowMtu(0);
    }

    private void FreeDeliver()
    {
        _hasGone = false;
        _outgoing.Dispose();
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
