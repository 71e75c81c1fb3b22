using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway;

/// <summary>
/// Frames on their way from the gateway to the switch: a bounded store in lane memory, lent in the order they were sent.
/// Small frames and 64 KiB segments have slots of their own, so that bulk data never keeps an ACK or a reply from leaving.
/// What has no room is not sent: TCP's bytes stay in their socket, anything else is counted by the caller.
/// </summary>
internal sealed unsafe class Outbox : IDisposable
{
    public const int EthernetRoom = 18;

    private const int SmallSize = 2048;
    private const int LargeSize = FrameRef.Headroom + EthernetRoom + 65_536;
    private const int SmallSlots = 192;
    private const int LargeSlots = 8;
    private const int Slots = SmallSlots + LargeSlots;

    /// <summary>Most bytes of an L3 packet in a small slot.</summary>
    private const int SmallPacket = SmallSize - FrameRef.Headroom - EthernetRoom;

    private readonly byte* _memory = (byte*)NativeMemory.AlignedAlloc(SmallSlots * SmallSize + LargeSlots * LargeSize, 64);
    private readonly byte[] _free = new byte[Slots];
    private readonly Entry* _queue = (Entry*)NativeMemory.Alloc(Slots, (nuint)sizeof(Entry));
    private int _freeSmall;
    private int _freeLarge;
    private int _first;
    private int _count;
    private int _lent;
    private int _rented = -1;

    private struct Entry
    {
        public byte Slot;
        public int Length;
        public byte Offset;
        public Offload Offload;
    }

    public Outbox()
    {
        for (int i = 0; i < SmallSlots; i++)
        {
            _free[_freeSmall++] = (byte)i;
        }
        for (int i = 0; i < LargeSlots; i++)
        {
            _free[SmallSlots + _freeLarge++] = (byte)(SmallSlots + i);
        }
    }

    public bool IsEmpty => _count == _lent;

    public bool HasRoom => _freeSmall > 0;

    /// <summary>Frames queued, each counted as often as it would be cut.</summary>
    public int Segments { get; private set; }

    /// <summary>Where the L3 packet goes; null when no slot of that size is free.</summary>
    public byte* Rent(int l3Length)
    {
        bool small = l3Length <= SmallPacket;
        if (small ? _freeSmall == 0 : _freeLarge == 0 || l3Length > 65_535)
        {
            return null;
        }
        _rented = small ? _free[_freeSmall - 1] : _free[SmallSlots + _freeLarge - 1];
        return SlotAt(_rented) + FrameRef.Headroom + EthernetRoom;
    }

    /// <summary>Queues the packet rented last behind an Ethernet header.</summary>
    public void Send(MacAddress destination, MacAddress source, ushort vlan, int l3Length, in Offload offload)
    {
        int headerLength = vlan == 0 ? 14 : 18;
        byte* frame = SlotAt(_rented) + FrameRef.Headroom + EthernetRoom - headerLength;
        EthernetHeader.Write(frame, destination, source, EtherType.Ipv4, vlan);
        Queue(headerLength, headerLength + l3Length, in offload);
    }

    /// <summary>Queues a whole frame that was written to where the packet goes.</summary>
    public void SendFrame(int length) => Queue(0, length, default);

    /// <summary>Lends queued frames until the burst is full.</summary>
    public void Lend(Burst burst)
    {
        while (_lent < _count && !burst.IsFull)
        {
            ref Entry entry = ref _queue[(_first + _lent) % Slots];
            byte* start = SlotAt(entry.Slot) + FrameRef.Headroom + EthernetRoom - entry.Offset;
            int index = burst.Count;
            ref FrameRef frame = ref burst.Add();
            frame.Head = start;
            frame.Length = entry.Length;
            frame.HeadLength = entry.Length <= SmallSize ? entry.Length : Burst.HeadSize;
            frame.Offload = entry.Offload;
            if (frame.HeadLength < frame.Length)
            {
                frame.Rest = burst.RunsOf(index);
                frame.Rest[0] = new IoVec(start + frame.HeadLength, (nuint)(frame.Length - frame.HeadLength));
                frame.RestCount = 1;
            }
            _lent++;
        }
    }

    /// <summary>What was lent has been delivered.</summary>
    public void TakeBack()
    {
        for (; _lent > 0; _lent--, _count--)
        {
            int slot = _queue[_first].Slot;
            Segments -= SegmentsOf(in _queue[_first]);
            _first = (_first + 1) % Slots;
            if (slot < SmallSlots)
            {
                _free[_freeSmall++] = (byte)slot;
            }
            else
            {
                _free[SmallSlots + _freeLarge++] = (byte)slot;
            }
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        NativeMemory.Free(_queue);
    }

    private void Queue(int offset, int length, in Offload offload)
    {
        _ = _rented < SmallSlots ? _freeSmall-- : _freeLarge--;
        ref Entry entry = ref _queue[(_first + _count++) % Slots];
        entry = new Entry { Slot = (byte)_rented, Length = length, Offset = (byte)offset, Offload = offload };
        Segments += SegmentsOf(in entry);
        _rented = -1;
    }

    private static int SegmentsOf(in Entry entry) =>
        entry.Offload.GsoSize == 0 ? 1 : (entry.Length + entry.Offload.GsoSize - 1) / entry.Offload.GsoSize;

    private byte* SlotAt(int slot) => slot < SmallSlots
        ? _memory + slot * SmallSize
        : _memory + SmallSlots * SmallSize + (slot - SmallSlots) * LargeSize;
}
