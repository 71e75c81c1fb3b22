namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>The guest's way out: frames into buffers that the device reads and may not change.</summary>
public sealed class TransmitQueue(DriverRing ring, int headerSize = NetHeader.Size)
{
    private const byte GapByte = 0x5a;
    private const int Gap = 16;

    private readonly Dictionary<ushort, (ulong Address, byte[] Bytes)> _sent = [];

    public DriverRing Ring => ring;

    /// <summary>Publishes a frame; false when the ring is full. Nobody is kicked.</summary>
    public bool Publish(ReadOnlySpan<byte> frame, NetHeader header = default, ChainLayout layout = ChainLayout.OneDescriptor)
    {
        if (!Add(frame, header, layout))
        {
            return false;
        }
        ring.Publish();
        return true;
    }

    /// <summary>The same without showing it to the device.</summary>
    public bool Add(ReadOnlySpan<byte> frame, NetHeader header = default, ChainLayout layout = ChainLayout.OneDescriptor)
    {
        Reclaim();
        byte[] bytes = [.. header.ToBytes().AsSpan(0, headerSize), .. frame];
        return AddBytes(bytes, BufferCuts.Of(layout, bytes.Length, headerSize), BufferCuts.IsIndirect(layout));
    }

    /// <summary>Publishes and kicks when that is wanted.</summary>
    public bool Send(ReadOnlySpan<byte> frame, NetHeader header = default, ChainLayout layout = ChainLayout.OneDescriptor)
    {
        bool published = Publish(frame, header, layout);
        ring.KickIfWanted();
        return published;
    }

    /// <summary>Header and frame as raw bytes, cut as told, pieces apart from each other in memory.</summary>
    public bool AddBytes(byte[] bytes, List<int> cuts, bool indirect)
    {
        if (ring.FreeDescriptors < (indirect ? 1 : cuts.Count))
        {
            return false;
        }
        int room = bytes.Length + Gap * cuts.Count;
        ulong address = ring.Memory.Take((ulong)room, 1);
        byte[] laidOut = new byte[room];
        laidOut.AsSpan().Fill(GapByte);
        RingPiece[] pieces = new RingPiece[cuts.Count];
        int at = 0;
        int from = 0;
        for (int i = 0; i < cuts.Count; i++)
        {
            bytes.AsSpan(from, cuts[i]).CopyTo(laidOut.AsSpan(at));
            pieces[i] = new RingPiece(address + (ulong)at, (uint)cuts[i], IsWritable: false);
            at += cuts[i] + Gap;
            from += cuts[i];
        }
        ring.Memory.Write(address, laidOut);
        int head = ring.Add(pieces, indirect);
        _sent.Add((ushort)head, (address, laidOut));
        return true;
    }

    /// <summary>Takes back what the device has done with; how many frames those were.</summary>
    public int Reclaim()
    {
        int count = 0;
        while (ring.TryTake(out UsedBuffer used))
        {
            Assert.Equal(0u, used.Written);
            Assert.True(_sent.Remove(used.Head, out (ulong Address, byte[] Bytes) sent));
            Assert.True(ring.Memory.Span(sent.Address, sent.Bytes.Length).SequenceEqual(sent.Bytes), "the device wrote into a buffer that it may only read");
            ring.Memory.Give(sent.Address);
            count++;
        }
        return count;
    }

    /// <summary>The device has stopped: what it did not finish is the driver's again.</summary>
    public void Forget()
    {
        foreach ((ulong address, _) in _sent.Values)
        {
            ring.Memory.Give(address);
        }
        _sent.Clear();
    }
}
