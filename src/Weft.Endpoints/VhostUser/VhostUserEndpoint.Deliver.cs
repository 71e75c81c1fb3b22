using System.Runtime.CompilerServices;
using Weft.Engine;
using Weft.Wire;

namespace Weft.Endpoints.VhostUser;

/// <summary>
/// Into the guest: one copy into buffers of a receive ring, published once per delivery, one notification at most. A frame
/// that needs several mergeable buffers takes them all or none. What finds no buffer is dropped and counted; room is told
/// when the driver adds some.
/// </summary>
public sealed unsafe partial class VhostUserEndpoint
{
    private bool _wantsRoom;

    public int Room
    {
        get
        {
            int room = _receivingCount == 0 ? 0 : Port.Plenty;
            for (int i = 0; i < _receivingCount; i++)
            {
                room = Math.Min(room, Math.Max(0, _receiving[i].Waiting()));
            }
            if (room == 0)
            {
                room = AskForRoom() ? 0 : 1;
            }
            return room;
        }
    }

    public void Deliver(ReadOnlySpan<FrameRef> frames)
    {
        if (_receivingCount == 1)
        {
            SplitRing ring = _receiving[0];
            int done = Put(ring, frames);
            if (done < frames.Length && !AskForRoom())
            {
                done += Put(ring, frames[done..]);
            }
            Finish(ring);
            if (done < frames.Length)
            {
                _port.Drop(DropReason.PortFull, (ulong)(frames.Length - done));
            }
            return;
        }
        DeliverByFlow(frames);
    }

    /// <summary>Several rings: a flow stays on one, or its frames would overtake each other in the guest.</summary>
    private void DeliverByFlow(ReadOnlySpan<FrameRef> frames)
    {
        if (_receivingCount == 0)
        {
            _port.Drop(DropReason.NoCarrier, (ulong)frames.Length);
            return;
        }
        for (int i = 0; i < frames.Length; i++)
        {
            uint hash = FlowHash.Of(frames[i].Head, frames[i].HeadLength);
            if (Put(_receiving[(int)(hash % (uint)_receivingCount)], frames.Slice(i, 1)) == 0)
            {
                AskForRoom();
                _port.Drop(DropReason.PortFull);
            }
        }
        for (int i = 0; i < _receivingCount; i++)
        {
            Finish(_receiving[i]);
        }
    }

    private void Finish(SplitRing ring)
    {
        if (ring.Publish(_device.Memory))
        {
            ring.Tell();
        }
    }

    /// <summary>Asks the driver to tell when it adds buffers. False when there are some by now.</summary>
    private bool AskForRoom()
    {
        bool isEmpty = true;
        for (int i = 0; i < _receivingCount; i++)
        {
            isEmpty &= _receiving[i].ListenForMore();
        }
        _wantsRoom = true;
        return isEmpty;
    }

    /// <summary>Copies frames into the ring's buffers until they end; how many were done, by delivery or by a counted drop.</summary>
    private int Put(SplitRing ring, ReadOnlySpan<FrameRef> frames)
    {
        int gathered = 0;
        int used = 0;
        for (int i = 0; i < frames.Length; i++)
        {
            ref readonly FrameRef frame = ref frames[i];
            if (used == gathered)
            {
                used = 0;
                gathered = ring.Gather(_device.Memory, Math.Min(frames.Length - i, Burst.Capacity));
                if (gathered <= 0)
                {
                    return Ended(gathered, i, frames.Length);
                }
            }
            uint needed = (uint)(_headerSize + frame.Length);
            Descriptor first = ring.Gathered[used];
            byte* place = ring.Places[used];
            if (first.Flags == Descriptor.DeviceWrites && place is not null && first.Length >= needed)
            {
                Write(place, in frame);
                if (_device.Memory.IsLogging)
                {
                    _device.Memory.MarkDirty(first.Address, needed);
                }
                ring.Take(1);
                ring.GiveBack(ring.Heads[used], needed);
                used++;
                continue;
            }
            gathered = used = 0;
            DropReason reason = PutInPieces(ring, in frame);
            if (reason == DropReason.PortFull)
            {
                return i;
            }
            if (reason != DropReason.None)
            {
                _port.Drop(reason);
            }
        }
        return frames.Length;
    }

    /// <summary>No buffer is left, or the ring is a lie, for which nobody waits.</summary>
    private int Ended(int gathered, int done, int all)
    {
        if (gathered == 0)
        {
            return done;
        }
        Lies();
        return all;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write(byte* to, in FrameRef frame)
    {
        WriteHeader(to, in frame);
        to += _headerSize;
        SmallCopy.Copy(frame.Head, to, frame.HeadLength);
        if (frame.RestCount > 0)
        {
            WriteRest(to + frame.HeadLength, in frame);
        }
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
    private void WriteHeader(byte* to, in FrameRef frame)
    {
        *(Offload*)to = (Caps.Offloads & EndpointOffloads.Checksum) != 0 ? frame.Offload : default;
        if (_headerSize == MostHeader)
        {
            *(ushort*)(to + Offload.Size) = 1;
        }
    }

    /// <summary>A frame that does not fit into one plain descriptor: over a chain's pieces, and over chains that may be merged.</summary>
    private DropReason PutInPieces(SplitRing ring, in FrameRef frame)
    {
        byte* header = frame.Head - _headerSize;
        WriteHeader(header, in frame);
        FrameRef whole = frame;
        whole.Head = header;
        whole.HeadLength += _headerSize;
        var pieces = new FramePieces(in whole);
        int left = frame.Length + _headerSize;
        bool merges = (_device.Features & VirtioFeatures.MergeableBuffers) != 0;
        byte* countAt = null;
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
            uint written = Fill(ref chain, ref pieces, ref left, out byte* first);
            countAt = chains == 0 ? first : countAt;
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
        if (countAt is not null)
        {
            *(ushort*)(countAt + Offload.Size) = chains;
        }
        return DropReason.None;
    }

    private DropReason LiesInPut()
    {
        Lies();
        return DropReason.BadRing;
    }

    /// <summary>Copies the next pieces of a frame into one chain; the bytes written, and where the first piece went if it holds a whole header.</summary>
    private uint Fill(scoped ref ChainReader chain, scoped ref FramePieces pieces, ref int left, out byte* header)
    {
        uint written = 0;
        header = null;
        while (left > 0 && chain.TryNext(out byte* at, out uint length, out ulong address))
        {
            int taken = (int)Math.Min((uint)left, length);
            pieces.CopyTo(at, taken);
            header = written == 0 && taken >= MostHeader && _headerSize == MostHeader ? at : header;
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
