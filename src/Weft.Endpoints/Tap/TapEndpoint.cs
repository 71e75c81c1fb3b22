using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Taps;
using Weft.Wire;

namespace Weft.Endpoints.Tap;

/// <summary>
/// Theory. A TAP interface as a port: what the kernel sends out of it is the guest's, what we write comes in there.
/// A frame's way in: read into an arena slot (header in front, what is long into an overflow area) → length and offloads
/// checked → lent → Release. Its way out: the virtio-net header is put into the headroom in front of the head → writev.
/// One system call per frame; with offloads a frame is up to 64 KiB, so that is 30,000 calls for 20 Gbit/s.
/// A poll ends at 64 frames, at eight long ones, or when the queue is empty; edges come once, so it goes on until then.
/// The descriptor belongs to whoever made this: it is kept, and ends by <see cref="IKeptDescriptors"/>.
/// </summary>
public sealed unsafe class TapEndpoint : IEndpoint, IReadyTarget
{
    private const int HeaderSize = TapDevice.VirtioHeaderSize;
    private const int MaxFrame = 65_550;
    private const int EthernetSize = 14;

    private readonly Port _port;
    private readonly ReceiveArena _arena;
    private readonly int _tap;
    private readonly ushort _target;
    private readonly IoVec* _runs;
    private bool _full;

    /// <param name="tap">Made with virtio-net headers.</param>
    /// <param name="arena">Of the shape <see cref="ReceiveShape.Tap"/>.</param>
    public TapEndpoint(Port port, int tap, ReceiveArena arena)
    {
        _port = port;
        _tap = tap;
        _arena = arena;
        _runs = (IoVec*)NativeMemory.AllocZeroed(1 + Coalescer.RunsPerFrame, (nuint)sizeof(IoVec));
        _target = port.Lane.Register(this);
    }

    public EndpointCaps Caps => new(MaxFrame, EndpointOffloads.All | EndpointOffloads.Coalesced);

    public int Room => _full ? 0 : Port.Plenty;

    /// <summary>Frames of an earlier life that were lent again.</summary>
    public int Replayed { get; private set; }

    /// <summary>Begins to watch; the endpoint is in its port by now. 0 or a negated errno.</summary>
    public int Start()
    {
        int result = _port.Lane.Readiness.Watch(_tap, Token, Ready.Read);
        if (result >= 0)
        {
            _port.CarrierChanged(true);
            _port.Ready();
        }
        return result;
    }

    /// <summary>The carrier that the guest sees: off while the cable is out.</summary>
    public int SetCarrier(bool on) => TapDevice.SetCarrier(_tap, on);

    public void OnReady(ReadyToken token, Ready what)
    {
        if ((what & Ready.Write) != 0 && _full)
        {
            _full = false;
            _port.Lane.Readiness.Rewatch(_tap, Token, Ready.Read);
            _port.RoomAgain();
        }
        if ((what & ~Ready.Write) != 0)
        {
            _port.Ready();
        }
    }

    public bool Poll(Burst burst)
    {
        if (_arena.Pending > 0)
        {
            Replay(burst);
            return true;
        }
        IoVec* runs = stackalloc IoVec[2];
        while (!burst.IsFull && _arena.Free > 0 && _arena.HasOverflow)
        {
            byte* data = _arena.Data(_arena.Begin(1));
            runs[0] = new IoVec(data - HeaderSize, (nuint)(HeaderSize + _arena.Shape.DataSize));
            runs[1] = new IoVec(_arena.Overflow, (nuint)_arena.Shape.OverflowSize);
            nint read = FileCalls.ReadRuns(_tap, runs, 2);
            if (read < 0)
            {
                _arena.Cancel(1);
                return Failed((int)read);
            }
            Take(burst, (int)read - HeaderSize);
        }
        return true;
    }

    public void Deliver(ReadOnlySpan<FrameRef> frames)
    {
        for (int i = 0; i < frames.Length; i++)
        {
            ref readonly FrameRef frame = ref frames[i];
            if (_full)
            {
                _port.Drop(DropReason.PortFull, (ulong)(frames.Length - i));
                return;
            }
            if (frame.Length > MaxFrame)
            {
                _port.Drop(DropReason.Oversized);
                continue;
            }
            nint written = Write(in frame);
            if (written < 0)
            {
                CountFailure((int)written);
            }
        }
    }

    public void Release(Burst burst) => _arena.Release();

    /// <summary>Leaves the lane. The descriptor stays open: its owner ends it.</summary>
    public void Dispose()
    {
        _port.Lane.Readiness.Unwatch(_tap);
        _port.Lane.Unregister(_target);
        NativeMemory.Free(_runs);
    }

    private ReadyToken Token => new(_target, 0, 0);

    private void Take(Burst burst, int length)
    {
        if (length < EthernetSize)
        {
            _arena.Skip();
            _port.Drop(DropReason.Truncated);
            return;
        }
        ref FrameRef frame = ref _arena.Complete(burst, length);
        if (!OffloadCheck.IsSane(in frame.Offload, length))
        {
            burst.RemoveLast();
            _port.Drop(DropReason.BadOffload);
        }
    }

    private void Replay(Burst burst)
    {
        _arena.Replay(burst);
        Replayed += burst.Count;
        foreach (ref FrameRef frame in burst.Frames)
        {
            if (!OffloadCheck.IsSane(in frame.Offload, frame.Length))
            {
                frame.Offload = default;
            }
        }
    }

    private nint Write(in FrameRef frame)
    {
        byte* header = frame.Head - HeaderSize;
        *(Offload*)header = frame.Offload;
        *(ushort*)(header + Offload.Size) = 0;
        _runs[0] = new IoVec(header, (nuint)(HeaderSize + frame.HeadLength));
        for (int i = 0; i < frame.RestCount; i++)
        {
            _runs[1 + i] = frame.Rest[i];
        }
        return FileCalls.WriteRuns(_tap, _runs, 1 + frame.RestCount);
    }

    /// <summary>−EIO: the interface is down inside; −EBADFD: it is gone, with its namespace or by <c>ip link del</c>.</summary>
    private bool Failed(int error)
    {
        if (error == -Errno.EBADFD)
        {
            _port.CarrierChanged(false);
        }
        return error == -Errno.EINTR;
    }

    private void CountFailure(int error)
    {
        switch (error)
        {
            case -Errno.EAGAIN or -Errno.ENOBUFS:
                _full = true;
                _port.Lane.Readiness.Rewatch(_tap, Token, Ready.Read | Ready.Write);
                _port.Drop(DropReason.PortFull);
                break;
            case -Errno.ENOMEM:
                _port.Drop(DropReason.NoMemory);
                break;
            case -Errno.EINVAL:
                _port.Drop(DropReason.BadOffload);
                break;
            default:
                _port.Drop(DropReason.PeerGone);
                break;
        }
    }
}
