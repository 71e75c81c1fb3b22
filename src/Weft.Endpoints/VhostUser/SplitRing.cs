using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux.Memory;

namespace Weft.Endpoints.VhostUser;

/// <summary>
/// Theory. The device's side of a split virtqueue (virtio 1.2 §2.7). The driver puts heads of descriptor chains into the
/// available ring, the device gives them back by the used ring; each side owns one index and only reads the other's.
///   Gather     copies the next chains' first descriptors, once: what is checked is the copy; their memory is fetched ahead
///   Take       moves past chains that were handled
///   GiveBack   writes a used entry that nobody sees yet
///   Publish    shows all of them at once: one store for a burst, and it is the ring's position for a successor
///   Listen     asks the driver for a notification (SplitRing.Notify.cs)
/// Chains are given back in the order they were taken (VIRTIO_F_IN_ORDER), so used index and available position are equal
/// whenever nothing is on loan: a worker that takes over begins at the used index.
/// Whatever the driver writes is data: an index or head that cannot be is a lie, told by −1; the caller resets the port.
/// </summary>
internal sealed unsafe partial class SplitRing : IDisposable
{
    public const int MaxSize = 32768;

    private const int AvailableEntries = 2;
    private const int UsedHeader = 4;

    private readonly ushort* _heads = (ushort*)NativeMemory.AllocZeroed(Burst.Capacity, sizeof(ushort));
    private readonly Descriptor* _gathered = (Descriptor*)NativeMemory.AllocZeroed(Burst.Capacity, Descriptor.Size);
    private readonly byte** _places = (byte**)NativeMemory.AllocZeroed(Burst.Capacity, (nuint)sizeof(byte*));
    private Descriptor* _table;
    private ushort* _available;
    private byte* _used;
    private int _mask;

    /// <summary>The next entry of the available ring.</summary>
    private ushort _next;

    /// <summary>The next entry of the used ring, those not yet published included.</summary>
    private ushort _givenBack;

    /// <summary>What the driver sees.</summary>
    private ushort _published;

    /// <summary>Entries that the available position is ahead while nothing is on loan.</summary>
    private ushort _ahead;
    private ulong _logAddress;

    /// <summary>The ring is set up, started and enabled.</summary>
    public bool IsRunning { get; private set; }

    public int Size => _mask + 1;

    /// <summary>Where the device goes on (GET_VRING_BASE).</summary>
    public ushort Position => _next;

    /// <summary>Taken and not yet given back.</summary>
    public int OnLoan => (ushort)(_next - _ahead - _givenBack);

    public Descriptor* Table => _table;

    /// <summary>Heads, first descriptors and where those lie, of the chains gathered last.</summary>
    public ushort* Heads => _heads;

    public Descriptor* Gathered => _gathered;

    public byte** Places => _places;

    /// <summary>Finds the ring in the guest's memory. False when it does not lie there whole, or is not aligned.</summary>
    public bool TryStart(GuestMemory memory, ref VhostRingRecord record, VirtioFeatures features, bool takesOver)
    {
        ulong size = record.Size;
        byte* table = memory.AtUser(record.Descriptors, size * Descriptor.Size);
        byte* available = memory.AtUser(record.Available, (AvailableEntries + size + 1) * sizeof(ushort));
        byte* used = memory.AtUser(record.Used, UsedHeader + size * sizeof(ulong) + sizeof(ushort));
        bool aligned = ((nint)table & 15) == 0 && ((nint)available & 1) == 0 && ((nint)used & 3) == 0;
        if (size == 0 || table is null || available is null || used is null || !aligned)
        {
            return false;
        }
        _table = (Descriptor*)table;
        _available = (ushort*)available;
        _used = used;
        _mask = (int)size - 1;
        _published = _givenBack = Volatile.Read(ref *(ushort*)(used + 2));
        if (!takesOver)
        {
            // A position behind what was given back cannot be: DPDK's virtio-user says 0 to a back end that comes again.
            ushort ahead = (ushort)(record.Base - _published);
            record.Ahead = ahead <= size ? ahead : (ushort)0;
        }
        _ahead = record.Ahead;
        _next = (ushort)(_published + _ahead);
        _logAddress = (record.Flags & VhostRingFlags.Logged) != 0 ? record.LogAddress : 0;
        StartNotifying((features & VirtioFeatures.EventIndex) != 0);
        IsRunning = true;
        return true;
    }

    public void Stop()
    {
        // What the driver wants is not looked up: its memory may be gone by now.
        if (IsRunning && OwesCall)
        {
            Tell();
        }
        OwesCall = false;
        IsRunning = false;
        _table = null;
        _available = null;
        _used = null;
    }

    /// <summary>The driver's index as it is now.</summary>
    public ushort AvailableIndex => Volatile.Read(ref _available[1]);

    /// <summary>Chains that the driver has made available and nobody has taken; −1 when its index is a lie.</summary>
    public int Waiting()
    {
        int waiting = (ushort)(Volatile.Read(ref _available[1]) - _next);
        return waiting <= _mask + 1 ? waiting : -1;
    }

    /// <summary>Copies the first descriptors of the next chains, at most <paramref name="most"/> (≤ 64); how many, or −1 for a lie.</summary>
    public int Gather(GuestMemory memory, int most)
    {
        int count = Math.Min(Waiting(), most);
        for (int i = 0; i < count; i++)
        {
            ushort head = _available[AvailableEntries + ((_next + i) & _mask)];
            if (head > _mask)
            {
                return -1;
            }
            _heads[i] = head;
            Prefetch(_table + head);
        }
        for (int i = 0; i < count; i++)
        {
            Descriptor first = _table[_heads[i]];
            byte* place = memory.At(first.Address, first.Length);
            _gathered[i] = first;
            _places[i] = place;
            Prefetch(place);
            Prefetch(place + 64);
        }
        return count;
    }

    /// <summary>The next <paramref name="chains"/> are on loan.</summary>
    public void Take(int chains) => _next += (ushort)chains;

    /// <summary>The last <paramref name="chains"/> on loan are as if they had not been taken.</summary>
    public void Untake(int chains) => _next -= (ushort)chains;

    /// <summary>Gives back the chains gathered last, those on loan, with nothing written into them.</summary>
    public void GiveBackLoan()
    {
        int count = OnLoan;
        ulong* entries = (ulong*)(_used + UsedHeader);
        for (int i = 0; i < count; i++)
        {
            entries[(_givenBack + i) & _mask] = _heads[i];
        }
        _givenBack += (ushort)count;
    }

    /// <summary>Takes the first <paramref name="count"/> gathered chains and gives them back, with what was written into each.</summary>
    public void TakeAndGiveBack(int count, uint* written)
    {
        ulong* entries = (ulong*)(_used + UsedHeader);
        for (int i = 0; i < count; i++)
        {
            entries[(_givenBack + i) & _mask] = ((ulong)written[i] << 32) | _heads[i];
        }
        _givenBack += (ushort)count;
        _next += (ushort)count;
    }

    /// <summary>The last <paramref name="chains"/>, taken and given back but not yet published, are as if untouched.</summary>
    public void Rewind(int chains)
    {
        _next -= (ushort)chains;
        _givenBack -= (ushort)chains;
    }

    /// <summary>The last <paramref name="chains"/>, given back but not yet published, hold nothing.</summary>
    public void Void(int chains)
    {
        for (int i = 1; i <= chains; i++)
        {
            *(uint*)(_used + UsedHeader + ((_givenBack - i) & _mask) * sizeof(ulong) + sizeof(uint)) = 0;
        }
    }

    /// <summary>Writes a used entry. The driver sees it with <see cref="Publish"/>.</summary>
    /// <param name="written">Bytes that we wrote into the chain.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void GiveBack(ushort head, uint written)
    {
        *(ulong*)(_used + UsedHeader + (_givenBack & _mask) * sizeof(ulong)) = ((ulong)written << 32) | head;
        _givenBack++;
    }

    /// <summary>Shows the driver everything that was given back. True when it wants to be told.</summary>
    public bool Publish(GuestMemory memory)
    {
        ushort before = _published;
        if (before == _givenBack)
        {
            return false;
        }
        if (memory.IsLogging)
        {
            LogUsed(memory);
        }
        Volatile.Write(ref *(ushort*)(_used + 2), _givenBack);
        _published = _givenBack;
        bool wants = !OwesCall && WantsCall(before);
        if (wants)
        {
            _told = before;
        }
        return wants;
    }

    public void Dispose()
    {
        NativeMemory.Free(_heads);
        NativeMemory.Free(_gathered);
        NativeMemory.Free(_places);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(void* at)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(at);
        }
    }

    private void LogUsed(GuestMemory memory)
    {
        if (_logAddress == 0)
        {
            return;
        }
        // The whole used ring: it is a page or four, and a migration is under way.
        memory.MarkDirty(_logAddress, (ulong)(UsedHeader + Size * sizeof(ulong) + sizeof(ushort)));
    }
}
