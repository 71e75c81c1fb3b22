using System.Runtime.CompilerServices;
using Weft.Engine;
using Weft.Wire;

namespace Weft.Endpoints.VhostUser;

/// <summary>
/// Out of the guest. A frame's head is copied into lane memory and from then on is all that anybody parses; what follows is
/// lent where it lies in the guest's memory. Most chains are one descriptor with header and frame; all others are walked.
/// </summary>
public sealed unsafe partial class VhostUserEndpoint
{
    private const int MostHeader = 12;

    /// <summary>Microseconds by which a driver may learn later that its frames were sent.</summary>
    private const long CallDelay = 1_000;

    private readonly int[] _borrowed = new int[VhostDevice.MaxPairs];
    private uint _firstRing;
    private uint _firstPolled;

    public bool CanHold => true;

    public bool Look()
    {
        if (_wantsRoom)
        {
            LookForRoom();
        }
        for (int i = 0; i < _transmittingCount; i++)
        {
            if (_transmitting[i].Waiting() != 0)
            {
                return true;
            }
        }
        return false;
    }

    public bool Listen()
    {
        bool isQuiet = !_wantsRoom || ListenForRoom();
        for (int i = 0; i < _transmittingCount; i++)
        {
            isQuiet &= _transmitting[i].Listen();
        }
        return isQuiet;
    }

    public bool Poll(Burst burst)
    {
        if (_isLying)
        {
            return false;
        }
        bool more = false;
        int rings = _transmittingCount;
        _borrowed.AsSpan(0, rings).Clear();
        burst.IsCut = _sendsCut;
        for (int i = 0; i < rings && !burst.IsFull; i++)
        {
            more |= Receive((int)((_firstRing + (uint)i) % (uint)rings), burst);
        }
        _firstPolled = _firstRing++;
        if (_device.Announce != 0 && !burst.IsFull)
        {
            AddAnnouncement(burst);
        }
        return more;
    }

    public void Release(Burst burst)
    {
        if (burst.HeldBack > 0)
        {
            HoldBack(burst.HeldBack);
        }
        for (int i = 0; i < _transmittingCount; i++)
        {
            SplitRing ring = _transmitting[i];
            ring.GiveBackLoan();
            if (ring.Publish(_device.Memory) || ring.OwesCall)
            {
                Owe(ring);
            }
        }
    }

    /// <summary>The driver wants to know of frames that were sent: in a while, or now when there are many.</summary>
    private void Owe(SplitRing ring)
    {
        if (!ring.OwesCall)
        {
            _nextDeadline = Math.Min(_nextDeadline, _lane.Now + CallDelay);
        }
        if (ring.OweCall())
        {
            Pay(ring);
        }
    }

    private void Pay(SplitRing ring)
    {
        if (ring.OwesCall && ring.PayCall())
        {
            _port.Counters->Notifications++;
        }
    }

    private void PayAll()
    {
        for (int i = 0; i < _transmittingCount; i++)
        {
            Pay(_transmitting[i]);
        }
    }

    /// <summary>The last frames of a burst stay in their rings. Where a ring's chains were not all frames, it cannot be said which
    /// are meant: those are lost.</summary>
    private void HoldBack(int frames)
    {
        int rings = _transmittingCount;
        for (int i = rings - 1; i >= 0 && frames > 0; i--)
        {
            int number = (int)((_firstPolled + (uint)i) % (uint)rings);
            SplitRing ring = _transmitting[number];
            int held = Math.Min(frames, _borrowed[number]);
            frames -= held;
            if (ring.OnLoan == _borrowed[number])
            {
                ring.Untake(held);
            }
            else
            {
                _port.Drop(DropReason.PortFull, (ulong)held);
            }
        }
    }

    /// <summary>Takes chains of one ring; true when more may wait there.</summary>
    private bool Receive(int number, Burst burst)
    {
        SplitRing ring = _transmitting[number];
        int before = burst.Count;
        ring.Hush();
        int room = Burst.Capacity - burst.Count;
        int count = ring.Gather(_device.Memory, room);
        if (count < 0)
        {
            Lies(frames: 1);
            return false;
        }
        Descriptor* gathered = ring.Gathered;
        byte** places = ring.Places;
        int headerSize = _headerSize;
        for (int i = 0; i < count; i++)
        {
            uint length = gathered[i].Length;
            byte* place = places[i];
            if (gathered[i].Flags == 0 && place is not null && length >= headerSize + EthernetSize && length <= headerSize + MaxFrame)
            {
                Borrow(burst, place, headerSize, (int)length - headerSize);
            }
            else
            {
                BorrowChain(ring, burst, in gathered[i]);
            }
        }
        ring.Take(count);
        _borrowed[number] = burst.Count - before;
        return count == room;
    }

    /// <summary>The common case: header and frame in one piece.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Borrow(Burst burst, byte* place, int headerSize, int length)
    {
        int index = burst.Count;
        ref FrameRef frame = ref burst.Add();
        byte* head = burst.HeadOf(index);
        int inHead = Math.Min(length, Burst.HeadSize);
        frame.Head = head;
        frame.HeadLength = inHead;
        frame.Length = length;
        frame.Offload = *(Offload*)place;
        frame.Offload.Flags &= Offload.NeedsChecksum;
        SmallCopy.Copy(place + headerSize, head, inHead);
        if (length > inHead)
        {
            IoVec* rest = burst.RunsOf(index);
            *rest = new IoVec(place + headerSize + inHead, (nuint)(length - inHead));
            frame.Rest = rest;
            frame.RestCount = 1;
        }
        if (!frame.Offload.IsPlain && !IsSane(in frame))
        {
            burst.RemoveLast();
            _port.Drop(DropReason.BadOffload);
        }
    }

    /// <summary>Header and frame in any pieces (VIRTIO_F_ANY_LAYOUT).</summary>
    private void BorrowChain(SplitRing ring, Burst burst, in Descriptor first)
    {
        int index = burst.Count;
        ref FrameRef frame = ref burst.Add();
        frame.Head = burst.HeadOf(index);
        frame.Rest = burst.RunsOf(index);
        byte* header = stackalloc byte[MostHeader];
        int inHeader = 0;
        DropReason reason = DropReason.None;
        var chain = new ChainReader(ring, _device.Memory, in first, writable: false);
        while (reason == DropReason.None && chain.TryNext(out byte* at, out uint left, out _))
        {
            Split(ref at, ref left, header, ref inHeader, _headerSize);
            Split(ref at, ref left, frame.Head, ref frame.HeadLength, Burst.HeadSize);
            reason = left == 0 ? DropReason.None
                : frame.RestCount == Burst.RunsPerFrame || left > MaxFrame ? DropReason.Oversized
                : DropReason.None;
            if (left > 0 && reason == DropReason.None)
            {
                frame.Rest[frame.RestCount++] = new IoVec(at, left);
                frame.Length += (int)left;
                reason = frame.Length > MaxFrame ? DropReason.Oversized : DropReason.None;
            }
        }
        frame.Length += frame.HeadLength;
        frame.Offload = *(Offload*)header;
        frame.Offload.Flags &= Offload.NeedsChecksum;
        reason = chain.IsFaulty ? DropReason.BadDescriptor
            : reason != DropReason.None ? reason
            : inHeader < _headerSize || frame.Length < EthernetSize ? DropReason.Truncated
            : frame.Length > MaxFrame ? DropReason.Oversized
            : !IsSane(in frame) ? DropReason.BadOffload
            : DropReason.None;
        if (reason != DropReason.None)
        {
            burst.RemoveLast();
            _port.Drop(reason);
        }
    }

    /// <summary>A guest may hand on to another what that one's driver trusts its device with: a segment is a segment, or it is dropped here.</summary>
    private static bool IsSane(in FrameRef frame) =>
        OffloadCheck.IsSane(in frame.Offload, frame.Length) &&
        (frame.Offload.GsoType == Offload.GsoNone || OffloadFixup.IsSegment(in frame));

    /// <summary>Moves bytes from the front of a piece to where the first <paramref name="wanted"/> bytes are collected.</summary>
    private static void Split(ref byte* at, ref uint left, byte* to, ref int have, int wanted)
    {
        int taken = (int)Math.Min(left, (uint)(wanted - have));
        Buffer.MemoryCopy(at, to + have, taken, taken);
        have += taken;
        at += taken;
        left -= (uint)taken;
    }

    /// <summary>The front end asked us to tell the network where its guest is now: a RARP request of the station (RFC 903).</summary>
    private void AddAnnouncement(Burst burst)
    {
        const int size = 60;
        int index = burst.Count;
        ref FrameRef frame = ref burst.Add();
        frame.Head = burst.HeadOf(index);
        frame.HeadLength = frame.Length = size;
        var station = new MacAddress(_device.Announce);
        _device.Announce = 0;
        new Span<byte>(frame.Head, size).Clear();
        MacAddress.Broadcast.Write(frame.Head);
        station.Write(frame.Head + 6);
        NetworkOrder.Write64(frame.Head + 12, 0x8035_0001_0800_0604);
        NetworkOrder.Write16(frame.Head + 20, 3);
        station.Write(frame.Head + 22);
        station.Write(frame.Head + 32);
    }
}
