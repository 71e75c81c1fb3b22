using Weft.Engine.State;
using Weft.Linux;
using Weft.Linux.Memory;

namespace Weft.Endpoints.VhostUser;

/// <summary>
/// Theory. What a front end has made of its device: features, memory, rings. The record in the shared memory is the state
/// itself; here are the mappings and descriptors that belong to it. Messages (VhostDevice.Messages.cs, .Memory.cs,
/// .Rings.cs) change the record and then <see cref="Settle"/> makes each ring what the record says: it runs when it has a
/// size, addresses that lie in guest memory, a kick descriptor, and is enabled.
/// All of this happens between turns: no frame is on loan when memory goes or a ring stops.
/// </summary>
internal sealed unsafe partial class VhostDevice : IDisposable
{
    public const int MaxPairs = VhostRecord.MaxRings / 2;

    private readonly VhostRecord* _record;
    private readonly IVhostOwner _owner;
    private readonly VhostCard _card;
    private readonly SplitRing[] _rings = new SplitRing[VhostRecord.MaxRings];
    private readonly int[] _kicks = new int[VhostRecord.MaxRings];
    private readonly int[] _kickLives = new int[VhostRecord.MaxRings];
    private readonly int[] _errors = new int[VhostRecord.MaxRings];
    private readonly int[] _files = new int[VhostRecord.MaxRegions];
    private readonly Handler?[] _handlers;
    private int _log = -1;

    public VhostDevice(VhostRecord* record, IVhostOwner owner, VhostCard card)
    {
        _record = record;
        _owner = owner;
        _card = card;
        for (int i = 0; i < _rings.Length; i++)
        {
            _rings[i] = new SplitRing();
        }
        Array.Fill(_kicks, -1);
        Array.Fill(_errors, -1);
        Array.Fill(_files, -1);
        _handlers = Handlers();
    }

    public GuestMemory Memory { get; } = new();

    public VirtioFeatures Features => (VirtioFeatures)_record->Features;

    /// <summary>Virtio-net header in front of every frame (virtio 1.2 §5.1.6): ten bytes for legacy drivers without mergeable buffers.</summary>
    public int HeaderSize => (Features & (VirtioFeatures.Version1 | VirtioFeatures.MergeableBuffers)) != 0 ? 12 : 10;

    public SplitRing Ring(int index) => _rings[index];

    /// <summary>Descriptor by which the front end tells that ring <paramref name="index"/> has work; −1 for none.</summary>
    public int KickOf(int index) => _kicks[index];

    /// <summary>Another number for each descriptor that came as kick of ring <paramref name="index"/>; 0 before the first.</summary>
    public int KickLife(int index) => _kickLives[index];

    /// <summary>Where our own requests go; −1 for none.</summary>
    public int Backend { get; private set; } = -1;

    /// <summary>The front end asked for a RARP of this station (SEND_RARP); taken by who sends it.</summary>
    public ulong Announce { get; set; }

    /// <summary>A record as no front end has touched it.</summary>
    public static void Clear(VhostRecord* record)
    {
        *record = default;
        record->BackendSlot = record->LogSlot = -1;
        for (int i = 0; i < VhostRecord.MaxRings; i++)
        {
            record->Rings[i].KickSlot = record->Rings[i].CallSlot = record->Rings[i].ErrorSlot = -1;
        }
        for (int i = 0; i < VhostRecord.MaxRegions; i++)
        {
            record->Regions[i].Slot = -1;
        }
    }

    /// <summary>Takes back the files that the predecessor had mapped. False when one was cut off since: it may have died of that.</summary>
    public bool TryTakeFiles()
    {
        int count = (int)Math.Min(_record->RegionCount, VhostRecord.MaxRegions);
        bool whole = true;
        for (int i = 0; i < count; i++)
        {
            ref VhostRegionRecord region = ref _record->Regions[i];
            _files[i] = _owner.DescriptorOf(region.Slot);
            whole &= _files[i] < 0 || !GuestMemory.HasShrunk(RegionOf(in region), _files[i]);
        }
        GuestRegion log = new(0, _record->LogSize, 0, _record->LogOffset);
        TryTakeBack(_record->LogSlot, out _log);
        return whole && (_log < 0 || !GuestMemory.HasShrunk(in log, _log));
    }

    /// <summary>Takes over what a predecessor's record says, its files being taken back. False when something of it was lost, or half written.</summary>
    public bool TryRestore()
    {
        if (_record->Busy != 0 || _record->RegionCount > VhostRecord.MaxRegions)
        {
            return false;
        }
        bool whole = _record->LogSlot < 0 || _log >= 0;
        for (int i = 0; i < (int)_record->RegionCount; i++)
        {
            ref VhostRegionRecord region = ref _record->Regions[i];
            whole &= _files[i] >= 0 && Memory.Add(RegionOf(in region), _files[i]) == 0;
        }
        for (int i = 0; i < VhostRecord.MaxRings; i++)
        {
            ref VhostRingRecord ring = ref _record->Rings[i];
            whole &= TryTakeBack(ring.KickSlot, out _kicks[i]) & TryTakeBack(ring.ErrorSlot, out _errors[i]);
            whole &= TryTakeBack(ring.CallSlot, out int call);
            _rings[i].Call = call;
            _kickLives[i] += _kicks[i] >= 0 ? 1 : 0;
        }
        whole &= TryTakeBack(_record->BackendSlot, out int backend);
        Backend = backend;
        if (!whole || (_log >= 0 && Memory.StartLog(_log, _record->LogSize, _record->LogOffset) < 0))
        {
            return false;
        }
        Settle(takesOver: true);
        TellAll();
        return true;
    }

    /// <summary>The front end is gone: everything that was its own ends.</summary>
    public void Forget()
    {
        StopRings();
        for (int i = 0; i < VhostRecord.MaxRings; i++)
        {
            ref VhostRingRecord ring = ref _record->Rings[i];
            End(ref _kicks[i], ref ring.KickSlot);
            EndCall(i);
            End(ref _errors[i], ref ring.ErrorSlot);
        }
        ClearMemory();
        EndBackend();
        Memory.StopLog();
        End(ref _log, ref _record->LogSlot);
        Clear(_record);
        Announce = 0;
    }

    /// <summary>Unmaps; descriptors stay as they are, for their owner or the next worker.</summary>
    public void Dispose()
    {
        Memory.Dispose();
        foreach (SplitRing ring in _rings)
        {
            ring.Stop();
            ring.Dispose();
        }
    }

    /// <summary>The predecessor may have owed a call, or died between showing and telling: a driver that only waits would do so
    /// for ever.</summary>
    private void TellAll()
    {
        foreach (SplitRing ring in _rings)
        {
            if (ring.IsRunning)
            {
                ring.Tell();
            }
        }
    }

    private static GuestRegion RegionOf(in VhostRegionRecord record) => new(record.Guest, record.Size, record.User, record.FileOffset);

    private bool TryTakeBack(int slot, out int descriptor)
    {
        descriptor = slot < 0 ? -1 : _owner.DescriptorOf(slot);
        return slot < 0 || descriptor >= 0;
    }

    /// <summary>Makes each ring what its record says.</summary>
    /// <param name="takesOver">Positions are those of the rings themselves: nothing was on loan, or is to be done again.</param>
    private void Settle(bool takesOver = false)
    {
        for (int i = 0; i < VhostRecord.MaxRings; i++)
        {
            ref VhostRingRecord record = ref _record->Rings[i];
            SplitRing ring = _rings[i];
            const VhostRingFlags ready = VhostRingFlags.Addressed | VhostRingFlags.Started;
            bool enabled = (record.Flags & VhostRingFlags.Enabled) != 0 || (Features & VirtioFeatures.ProtocolFeatures) == 0;
            bool wanted = record.Size > 0 && (record.Flags & ready) == ready && enabled;
            if (ring.IsRunning && !wanted)
            {
                record.Base = ring.Position;
                ring.Stop();
            }
            else if (!ring.IsRunning && wanted)
            {
                ring.TryStart(Memory, ref record, Features, takesOver);
            }
        }
    }

    /// <summary>Rings that ran are looked for again: memory or addresses are other ones now.</summary>
    private void Relocate()
    {
        for (int i = 0; i < VhostRecord.MaxRings; i++)
        {
            if (_rings[i].IsRunning)
            {
                _rings[i].Stop();
                _rings[i].TryStart(Memory, ref _record->Rings[i], Features, takesOver: true);
            }
        }
    }

    /// <summary>Where they stood is remembered, over a reset too: QEMU 7.2 resets the device first and asks then, when its guest is
    /// halted or moved.</summary>
    private void StopRings()
    {
        for (int i = 0; i < VhostRecord.MaxRings; i++)
        {
            Stop(i);
            _record->Rings[i].Flags &= ~(VhostRingFlags.Started | VhostRingFlags.Enabled);
        }
    }

    /// <summary>Keeps a descriptor that came in place of one that was there.</summary>
    private void Replace(ref int descriptor, ref int slot, int with)
    {
        End(ref descriptor, ref slot);
        if (with >= 0)
        {
            descriptor = with;
            slot = _owner.Keep(with);
        }
    }

    private void End(ref int descriptor, ref int slot)
    {
        if (descriptor >= 0)
        {
            int ended = slot;
            slot = -1;
            _owner.End(descriptor, ended);
            descriptor = -1;
        }
    }

    private void EndCall(int ring)
    {
        int call = _rings[ring].Call;
        _rings[ring].Call = -1;
        End(ref call, ref _record->Rings[ring].CallSlot);
    }

    private void EndBackend()
    {
        int backend = Backend;
        Backend = -1;
        End(ref backend, ref _record->BackendSlot);
    }
}
