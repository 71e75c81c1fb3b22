using System.Runtime.CompilerServices;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Endpoints.VhostUser;

/// <summary>
/// Into the guest: one copy into buffers of a receive ring, published once per delivery, one notification at most. A frame
/// that needs several mergeable buffers takes them all or none. What finds no buffer is dropped and counted; room is told
/// when the driver adds some.
/// </summary>
public sealed unsafe partial class VhostUserEndpoint
{
    private readonly ushort[] _fullAt = new ushort[VhostDevice.MaxPairs];
    private bool _wantsRoom;
    private bool _takesChecksums;

    public int Room
    {
        get
        {
            int room = LeastWaiting();
            if (room == 0)
            {
                // What the driver added between the look and the note of where it stood would never be told: look again.
                WaitForRoom();
                room = LeastWaiting();
            }
            return room;
        }
    }

    public void Deliver(ReadOnlySpan<FrameRef> frames)
    {
        int done = Offer(frames);
        while (done < frames.Length)
        {
            // With several rings the one that is full stops its own frames only.
            int lost = _receivingCount > 1 ? 1 : frames.Length - done;
            _port.Drop(_receivingCount == 0 ? DropReason.NoCarrier : DropReason.PortFull, (ulong)lost);
            done += lost;
            done += done < frames.Length ? Offer(frames[done..]) : 0;
        }
    }

    public int Offer(ReadOnlySpan<FrameRef> frames)
    {
        if (_receivingCount != 1)
        {
            return OfferByFlow(frames);
        }
        SplitRing ring = _receiving[0];
        int done = Put(ring, frames);
        if (done < frames.Length)
        {
            WaitForRoom();
            done += Put(ring, frames[done..]);
        }
        Finish(ring);
        return done;
    }

    /// <summary>Several rings: a flow stays on one, or its frames would overtake each other in the guest. The first that is full
    /// stops the others, so that what stays behind is the end of the burst.</summary>
    private int OfferByFlow(ReadOnlySpan<FrameRef> frames)
    {
        int done = 0;
        while (done < frames.Length && _receivingCount > 0)
        {
            uint hash = FlowHash.Of(frames[done].Head, frames[done].HeadLength);
            SplitRing ring = _receiving[(int)(hash % (uint)_receivingCount)];
            if (Put(ring, frames.Slice(done, 1)) == 0)
            {
                WaitForRoom();
                if (Put(ring, frames.Slice(done, 1)) == 0)
                {
                    break;
                }
            }
            done++;
        }
        for (int i = 0; i < _receivingCount; i++)
        {
            Finish(_receiving[i]);
        }
        return done;
    }

    private int LeastWaiting()
    {
        int least = _receivingCount == 0 ? 0 : Port.Plenty;
        for (int i = 0; i < _receivingCount; i++)
        {
            least = Math.Min(least, Math.Max(0, _receiving[i].Waiting()));
        }
        return least;
    }

    private void Finish(SplitRing ring)
    {
        PortCounters* counters = _port.Counters;
        counters->BuffersFree = (ulong)Math.Max(0, ring.Waiting());
        if (ring.Publish(_device.Memory))
        {
            ring.Tell();
            counters->Notifications++;
        }
    }

    /// <summary>A ring has too few buffers: it is looked at until the driver adds some.</summary>
    private void WaitForRoom()
    {
        for (int i = 0; i < _receivingCount; i++)
        {
            _fullAt[i] = _receiving[i].AvailableIndex;
        }
        _wantsRoom = true;
        _port.LookAtMe();
    }

    private void LookForRoom()
    {
        for (int i = 0; i < _receivingCount; i++)
        {
            if (_receiving[i].AvailableIndex != _fullAt[i])
            {
                HasRoomAgain();
                return;
            }
        }
    }

    /// <summary>Asks the driver to tell when it adds buffers. False when it has.</summary>
    private bool ListenForRoom()
    {
        bool isQuiet = true;
        for (int i = 0; i < _receivingCount; i++)
        {
            isQuiet &= _receiving[i].ListenForMore(_fullAt[i]);
        }
        if (!isQuiet)
        {
            HasRoomAgain();
        }
        return isQuiet;
    }

    private void HasRoomAgain()
    {
        if (_wantsRoom)
        {
            _wantsRoom = false;
            _port.RoomAgain();
        }
    }

    /// <summary>Copies frames into the ring's buffers until they end; how many were done, by delivery or by a counted drop.</summary>
    private int Put(SplitRing ring, ReadOnlySpan<FrameRef> frames)
    {
        int done = 0;
        while (done < frames.Length)
        {
            int gathered = ring.Gather(_device.Memory, Math.Min(frames.Length - done, Burst.Capacity));
            if (gathered <= 0)
            {
                return Ended(gathered, done, frames.Length);
            }
            int plain = PutPlain(ring, frames.Slice(done, gathered));
            done += plain;
            if (plain == gathered)
            {
                continue;
            }
            DropReason reason = PutInPieces(ring, in frames[done]);
            if (reason == DropReason.PortFull)
            {
                return done;
            }
            if (reason != DropReason.None)
            {
                _port.Drop(reason);
            }
            done++;
        }
        return done;
    }

    /// <summary>The common case: each frame fits into the one descriptor of the next chain. Ends at the first that does not;
    /// how many went. As many chains as frames are gathered.</summary>
    private int PutPlain(SplitRing ring, ReadOnlySpan<FrameRef> frames)
    {
        uint* written = stackalloc uint[Burst.Capacity];
        Descriptor* gathered = ring.Gathered;
        byte** places = ring.Places;
        int headerSize = _headerSize;
        bool takesChecksums = _takesChecksums;
        int count = 0;
        foreach (ref readonly FrameRef frame in frames)
        {
            uint needed = (uint)(headerSize + frame.Length);
            byte* to = places[count];
            if (gathered[count].Flags != Descriptor.DeviceWrites || to is null || gathered[count].Length < needed)
            {
                break;
            }
            WriteHeader(to, in frame, headerSize, takesChecksums);
            to += headerSize;
            SmallCopy.Copy(frame.Head, to, frame.HeadLength);
            if (frame.RestCount > 0)
            {
                WriteRest(to + frame.HeadLength, in frame);
            }
            written[count++] = needed;
        }
        if (_device.Memory.IsLogging)
        {
            for (int i = 0; i < count; i++)
            {
                _device.Memory.MarkDirty(gathered[i].Address, written[i]);
            }
        }
        ring.TakeAndGiveBack(count, written);
        return count;
    }

    /// <summary>No buffer is left, or the ring is a lie, for which nobody waits.</summary>
    private int Ended(int gathered, int done, int all)
    {
        if (gathered == 0)
        {
            return done;
        }
        Lies(all - done);
        return all;
    }

    private static void WriteRest(byte* to, in FrameRef frame)
    {
        for (int i = 0; i < frame.RestCount; i++)
        {
            nuint length = frame.Rest[i].Length;
            Buffer.MemoryCopy(frame.Rest[i].Start, to, length, length);
            to += length;
        }
    }

    /// <summary>One buffer so far. A driver that takes no open checksums is told nothing about checksums at all (virtio 1.2 §5.1.6.4.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteHeader(byte* to, in FrameRef frame, int headerSize, bool takesChecksums)
    {
        *(Offload*)to = takesChecksums ? frame.Offload : default;
        if (headerSize == MostHeader)
        {
            *(ushort*)(to + Offload.Size) = 1;
        }
    }

    /// <summary>A frame that does not fit into one plain descriptor: over a chain's pieces, and over chains that may be merged.</summary>
    private DropReason PutInPieces(SplitRing ring, in FrameRef frame)
    {
        byte* header = frame.Head - _headerSize;
        WriteHeader(header, in frame, _headerSize, _takesChecksums);
        FrameRef whole = frame;
        whole.Head = header;
        whole.HeadLength += _headerSize;
        var pieces = new FramePieces(in whole);
        int left = frame.Length + _headerSize;
        bool merges = (_device.Features & VirtioFeatures.MergeableBuffers) != 0;
        BufferCountPlace countAt = default;
        ushort chains = 0;
        while (left > 0)
        {
            int gathered = chains > 0 && !merges ? 0 : ring.Gather(_device.Memory, 1);
            if (gathered <= 0)
            {
                ring.Rewind(chains);
                return gathered == 0 && chains > 0 && !merges ? DropReason.Oversized : gathered == 0 ? DropReason.PortFull : LiesInPut();
            }
            ushort head = *ring.Heads;
            var chain = new ChainReader(ring, _device.Memory, in *ring.Gathered, writable: true);
            uint written = Fill(ref chain, ref pieces, ref left, ref countAt);
            ring.Take(1);
            if (chain.IsFaulty || written == 0)
            {
                // The driver gets back the broken chain and those before it, in order and empty.
                ring.Void(chains);
                ring.GiveBack(head, 0);
                return DropReason.BadDescriptor;
            }
            ring.GiveBack(head, written);
            chains++;
        }
        if (_headerSize == MostHeader)
        {
            countAt.Write(chains);
        }
        return DropReason.None;
    }

    private DropReason LiesInPut()
    {
        Lies(frames: 0);
        return DropReason.BadRing;
    }

    /// <summary>Copies the next pieces of a frame into one chain; the bytes written.</summary>
    private uint Fill(scoped ref ChainReader chain, scoped ref FramePieces pieces, ref int left, ref BufferCountPlace countAt)
    {
        uint written = 0;
        while (left > 0 && chain.TryNext(out byte* at, out uint length, out ulong address))
        {
            int taken = (int)Math.Min((uint)left, length);
            pieces.CopyTo(at, taken);
            countAt.Passed(at, taken);
            if (_device.Memory.IsLogging)
            {
                _device.Memory.MarkDirty(address, (ulong)taken);
            }
            left -= taken;
            written += (uint)taken;
        }
        return written;
    }
}
