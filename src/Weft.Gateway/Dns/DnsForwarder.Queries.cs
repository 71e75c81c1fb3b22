using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Weft.Engine;

namespace Weft.Gateway.Dns;

/// <summary>The queries under way: a table of fixed size, made with the first one, since most networks never ask.</summary>
internal sealed unsafe partial class DnsForwarder
{
    private DnsPending[] _pending = [];
    private int[] _ids = [];
    private byte[] _queries = [];
    private byte[] _receive = [];
    private byte[] _error = [];

    private void MakeRoom()
    {
        _pending = new DnsPending[Capacity];
        _ids = new int[Capacity];
        _queries = GC.AllocateUninitializedArray<byte>(Capacity * MaxQuery, pinned: true);
        _receive = GC.AllocateUninitializedArray<byte>(ReceiveSize, pinned: true);
        _error = GC.AllocateUninitializedArray<byte>(DnsAnswer.MaxSize, pinned: true);
        Array.Fill(_ids, DnsPending.Free);
    }

    private DropReason Judge(HostEnd guest, ReadOnlySpan<byte> query, out bool isUnderWay)
    {
        isUnderWay = false;
        if (Upstreams.Count == 0)
        {
            return DropReason.DnsNoUpstream;
        }
        if (query.Length > MaxQuery)
        {
            return DropReason.Oversized;
        }
        isUnderWay = IsUnderWay(guest, BinaryPrimitives.ReadUInt16BigEndian(query), query, out int ofGuest);
        bool isFull = ofGuest >= MaxPerGuest || _ids.Length > 0 && !_ids.AsSpan().Contains(DnsPending.Free);
        return !isUnderWay && isFull ? DropReason.FlowLimit : DropReason.None;
    }

    private bool IsUnderWay(HostEnd guest, ushort guestId, ReadOnlySpan<byte> query, out int ofGuest)
    {
        ofGuest = 0;
        for (int slot = 0; slot < Capacity && _count > 0; slot++)
        {
            ref DnsPending pending = ref _pending[slot];
            if (_ids[slot] == DnsPending.Free || pending.Guest.Address != guest.Address)
            {
                continue;
            }
            ofGuest++;
            if (pending.Guest.Port == guest.Port && pending.GuestId == guestId && BytesOf(slot)[2..pending.Length].SequenceEqual(query[2..]))
            {
                return true;
            }
        }
        return false;
    }

    private void Free(int slot)
    {
        _ids[slot] = DnsPending.Free;
        _count--;
        if (_count == 0)
        {
            _idleAt = _lane.Now + IdleTime;
            NextDeadline = Math.Min(NextDeadline, _idleAt);
        }
    }

    private int NewId()
    {
        int id;
        do
        {
            id = _random.Next(65_536);
        }
        while (_ids.AsSpan().Contains(id));
        return id;
    }

    private long Earliest()
    {
        long earliest = _count == 0 && _sockets.AnyOpen ? _idleAt : long.MaxValue;
        for (int slot = 0; slot < Capacity && _count > 0; slot++)
        {
            if (_ids[slot] != DnsPending.Free)
            {
                earliest = Math.Min(earliest, _pending[slot].Deadline);
            }
        }
        return earliest;
    }

    private Span<byte> BytesOf(int slot) => _queries.AsSpan(slot * MaxQuery, MaxQuery);

    private static byte* AddressOf(byte[] pinned) => (byte*)Unsafe.AsPointer(ref pinned[0]);
}
