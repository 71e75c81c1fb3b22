namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>The guest's way in: empty buffers for the device to write into, frames out of what it wrote.</summary>
/// <param name="isMergeable">MRG_RXBUF: a frame may lie in several buffers.</param>
public sealed class ReceiveQueue(DriverRing ring, bool isMergeable, int headerSize = NetHeader.Size)
{
    private const byte EmptyByte = 0xa5;
    private const int Gap = 16;

    private readonly Dictionary<ushort, (ulong Address, int Room)> _posted = [];

    public DriverRing Ring => ring;

    /// <summary>Posts up to <paramref name="count"/> buffers of <paramref name="size"/> bytes each, cut as told; how many fit.</summary>
    public int Post(int count, int size, ChainLayout layout = ChainLayout.OneDescriptor)
    {
        int posted = 0;
        List<int> cuts = BufferCuts.Of(layout, size, headerSize);
        while (posted < count && Add(cuts, BufferCuts.IsIndirect(layout)))
        {
            posted++;
        }
        ring.Publish();
        return posted;
    }

    /// <summary>The next frame, put together from its buffers; null for none.</summary>
    public ReceivedFrame? TryReceive()
    {
        if (!ring.TryTake(out UsedBuffer first))
        {
            return null;
        }
        List<byte> bytes = [];
        List<(ulong Address, uint Length)> ranges = [];
        Collect(first, bytes, ranges);
        Assert.True(bytes.Count >= headerSize, $"{bytes.Count} bytes are no frame");
        NetHeader header = NetHeader.Read(bytes.ToArray().AsSpan(0, headerSize));
        int buffers = isMergeable ? header.BufferCount : 1;
        Assert.InRange(buffers, 1, ring.Size);
        for (int i = 1; i < buffers; i++)
        {
            Assert.True(ring.TryTake(out UsedBuffer next), $"{i} buffers of {buffers} came");
            Assert.True(next.Written > 0);
            Collect(next, bytes, ranges);
        }
        return new ReceivedFrame(header, [.. bytes.Skip(headerSize)], buffers, ranges);
    }

    /// <summary>The device has stopped: what it did not finish is the driver's again.</summary>
    public void Forget()
    {
        foreach ((ulong address, _) in _posted.Values)
        {
            ring.Memory.Give(address);
        }
        _posted.Clear();
    }

    private bool Add(List<int> cuts, bool indirect)
    {
        if (ring.FreeDescriptors < (indirect ? 1 : cuts.Count))
        {
            return false;
        }
        int room = cuts.Sum() + Gap * cuts.Count;
        ulong address = ring.Memory.Take((ulong)room, 1);
        ring.Memory.Span(address, room).Fill(EmptyByte);
        RingPiece[] pieces = new RingPiece[cuts.Count];
        ulong at = address;
        for (int i = 0; i < cuts.Count; i++)
        {
            pieces[i] = new RingPiece(at, (uint)cuts[i], IsWritable: true);
            at += (ulong)(cuts[i] + Gap);
        }
        int head = ring.Add(pieces, indirect);
        _posted.Add((ushort)head, (address, room));
        return true;
    }

    private void Collect(UsedBuffer used, List<byte> bytes, List<(ulong Address, uint Length)> ranges)
    {
        uint left = used.Written;
        foreach (RingPiece piece in used.Pieces)
        {
            uint taken = Math.Min(left, piece.Length);
            bytes.AddRange(ring.Memory.Span(piece.Address, (int)taken));
            left -= taken;
            if (taken > 0)
            {
                ranges.Add((piece.Address, taken));
            }
            // Within a buffer a device may write more than it says (virtio 1.2 §2.7.8.2), behind it never.
            Assert.True(ring.Memory.Span(piece.Address + piece.Length, Gap).IndexOfAnyExcept(EmptyByte) < 0, "the device wrote behind a buffer");
        }
        Assert.True(_posted.Remove(used.Head, out (ulong Address, int Room) posted));
        ring.Memory.Give(posted.Address);
    }
}
