namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>
/// One split ring as its driver has it (virtio 1.2 §2.7): tables in guest memory, free descriptors, buffers on their way.
/// A sane driver uses <see cref="Add"/>, <see cref="Publish"/> and <see cref="TryTake"/>; a hostile one the raw entries below
/// them. Who calls whom, and when, is in DriverRing.Notices.cs.
/// </summary>
public sealed unsafe partial class DriverRing : IDisposable
{
    private readonly Queue<ushort> _free = [];
    private readonly Dictionary<ushort, BufferOnItsWay> _onTheirWay = [];
    private readonly Queue<ushort> _order = [];
    private readonly bool _inOrder;

    /// <summary>In order, a device may write one used entry for a batch: that of the last buffer in it (virtio 1.2 §2.7.9).</summary>
    private (uint Head, uint Written)? _batch;
    private byte* _table;
    private byte* _available;
    private byte* _used;

    public DriverRing(GuestMemory memory, int index, int size, DeviceFeatures features)
    {
        Memory = memory;
        Index = index;
        Size = size;
        _inOrder = (features & DeviceFeatures.InOrder) != 0;
        _usesEventIndex = (features & DeviceFeatures.EventIndex) != 0;
        Table = memory.Take(TableBytes, 16);
        Available = memory.Take(AvailableBytes, 2);
        Used = memory.Take(UsedBytes, 4);
        Reset(0);
    }

    public GuestMemory Memory { get; }

    /// <summary>The device's number for it: 0, 2, 4 … receive, 1, 3, 5 … transmit.</summary>
    public int Index { get; }

    public int Size { get; }

    public ulong Table { get; }

    public ulong Available { get; }

    public ulong Used { get; }

    public ulong TableBytes => (ulong)Size * RingDescriptor.Size;

    public ulong AvailableBytes => 6 + 2 * (ulong)Size;

    public ulong UsedBytes => 6 + 8 * (ulong)Size;

    /// <summary>Where the next buffer is published; runs past 65,535 to 0.</summary>
    public ushort NextAvailable { get; private set; }

    /// <summary>Where the next buffer comes back.</summary>
    public ushort NextUsed { get; private set; }

    public int FreeDescriptors => _free.Count;

    public int BuffersOnTheirWay => _onTheirWay.Count;

    /// <summary>As the device sees it.</summary>
    public ushort AvailableIndex
    {
        get => Volatile.Read(ref *(ushort*)(_available + 2));
        set => Volatile.Write(ref *(ushort*)(_available + 2), value);
    }

    /// <summary>As the device left it.</summary>
    public ushort UsedIndex => Volatile.Read(ref *(ushort*)(_used + 2));

    /// <summary>A driver that begins: everything is free, both indices stand at <paramref name="start"/>.</summary>
    public void Reset(ushort start)
    {
        _table = Memory.At(Table, TableBytes);
        _available = Memory.At(Available, AvailableBytes);
        _used = Memory.At(Used, UsedBytes);
        Memory.Span(Table, (int)TableBytes).Clear();
        Memory.Span(Available, (int)AvailableBytes).Clear();
        Memory.Span(Used, (int)UsedBytes).Clear();
        ForgetBuffers();
        NextAvailable = NextUsed = _kickedAt = start;
        *(ushort*)(_available + 2) = start;
        *(ushort*)(_used + 2) = start;
        UsedEvent = start;
    }

    public void WriteDescriptor(int index, RingDescriptor descriptor) => *(RingDescriptor*)(_table + index * RingDescriptor.Size) = descriptor;

    /// <summary>A descriptor anywhere: an indirect table's.</summary>
    public void WriteDescriptorAt(ulong address, RingDescriptor descriptor) => *(RingDescriptor*)Memory.At(address, RingDescriptor.Size) = descriptor;

    public RingDescriptor ReadDescriptor(int index) => *(RingDescriptor*)(_table + index * RingDescriptor.Size);

    public void WriteAvailable(int place, ushort head) => *(ushort*)(_available + 4 + place % Size * 2) = head;

    public (uint Head, uint Written) ReadUsed(int place)
    {
        uint* entry = (uint*)(_used + 4 + place % Size * 8);
        return (entry[0], entry[1]);
    }

    /// <summary>Raw: offers a chain that begins at <paramref name="head"/>, whatever lies there.</summary>
    public void Offer(ushort head)
    {
        WriteAvailable(NextAvailable, head);
        NextAvailable++;
        AvailableIndex = NextAvailable;
    }

    /// <summary>Writes a buffer's descriptors and returns its head; −1 when there are not enough. The device does not see it
    /// before <see cref="Publish"/>.</summary>
    public int Add(ReadOnlySpan<RingPiece> pieces, bool indirect = false)
    {
        int needed = indirect ? 1 : pieces.Length;
        if (_free.Count < needed)
        {
            return -1;
        }
        BufferOnItsWay buffer = new(pieces.ToArray(), new ushort[needed]);
        for (int i = 0; i < needed; i++)
        {
            buffer.Descriptors[i] = _free.Dequeue();
        }
        if (indirect)
        {
            WriteIndirect(buffer);
        }
        else
        {
            WriteChain(buffer);
        }
        ushort head = buffer.Descriptors[0];
        _onTheirWay.Add(head, buffer);
        if (_inOrder)
        {
            _order.Enqueue(head);
        }
        WriteAvailable(NextAvailable, head);
        NextAvailable++;
        return head;
    }

    /// <summary>Shows the device all that was added.</summary>
    public void Publish() => AvailableIndex = NextAvailable;

    /// <summary>The next buffer that came back; fails the test when the device broke a rule.</summary>
    public bool TryTake(out UsedBuffer used)
    {
        used = default;
        if (UsedIndex == NextUsed)
        {
            return false;
        }
        (uint id, uint written) = _batch ?? ReadUsed(NextUsed);
        Assert.True(id < (uint)Size && _onTheirWay.ContainsKey((ushort)id), $"ring {Index}: {id} is no buffer of ours");
        ushort head = _inOrder ? _order.Dequeue() : (ushort)id;
        _batch = head == id ? null : (id, written);
        Assert.True(_onTheirWay.Remove(head, out BufferOnItsWay? buffer));
        uint length = head == id ? written : buffer.Writable;
        Assert.True(length <= buffer.Writable, $"ring {Index}: {length} bytes written into {buffer.Writable}");
        NextUsed++;
        Free(buffer);
        used = new UsedBuffer(head, length, buffer.Pieces);
        return true;
    }

    /// <summary>Gives up what the device still has: it has stopped, and forgot.</summary>
    public void ForgetBuffers()
    {
        foreach (BufferOnItsWay buffer in _onTheirWay.Values)
        {
            if (buffer.IndirectTable != 0)
            {
                Memory.Give(buffer.IndirectTable);
            }
        }
        _onTheirWay.Clear();
        _order.Clear();
        _batch = null;
        _free.Clear();
        for (int i = 0; i < Size; i++)
        {
            _free.Enqueue((ushort)i);
        }
    }

    public void Dispose()
    {
        Kick.Dispose();
        Call.Dispose();
        Error.Dispose();
    }

    private static RingDescriptor Describe(RingPiece piece, bool isLast, ushort next) =>
        new(piece.Address, piece.Length, (ushort)((piece.IsWritable ? RingDescriptor.Writable : 0) | (isLast ? 0 : RingDescriptor.HasNext)), next);

    private void WriteChain(BufferOnItsWay buffer)
    {
        for (int i = 0; i < buffer.Pieces.Length; i++)
        {
            bool isLast = i == buffer.Pieces.Length - 1;
            WriteDescriptor(buffer.Descriptors[i], Describe(buffer.Pieces[i], isLast, isLast ? (ushort)0 : buffer.Descriptors[i + 1]));
        }
    }

    private void WriteIndirect(BufferOnItsWay buffer)
    {
        uint bytes = (uint)(buffer.Pieces.Length * RingDescriptor.Size);
        buffer.IndirectTable = Memory.Take(bytes);
        for (int i = 0; i < buffer.Pieces.Length; i++)
        {
            WriteDescriptorAt(buffer.IndirectTable + (ulong)(i * RingDescriptor.Size), Describe(buffer.Pieces[i], i == buffer.Pieces.Length - 1, (ushort)(i + 1)));
        }
        WriteDescriptor(buffer.Descriptors[0], new RingDescriptor(buffer.IndirectTable, bytes, RingDescriptor.Indirect, 0));
    }

    private void Free(BufferOnItsWay buffer)
    {
        foreach (ushort descriptor in buffer.Descriptors)
        {
            _free.Enqueue(descriptor);
        }
        if (buffer.IndirectTable != 0)
        {
            Memory.Give(buffer.IndirectTable);
        }
    }
}
