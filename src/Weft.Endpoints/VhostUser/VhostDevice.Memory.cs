using Weft.Engine.State;
using Weft.Linux;
using Weft.Linux.Memory;

namespace Weft.Endpoints.VhostUser;

/// <summary>Requests about guest memory and the dirty log. A table that cannot be mapped whole leaves none.</summary>
internal sealed unsafe partial class VhostDevice
{
    // Front ends may send room for more regions than there are (User-Mode Linux does).
    private const int TableHeader = 8;

    private bool SetMemoryTable(VhostMessage message)
    {
        int count = message.Length < TableHeader ? -1 : (int)Math.Min(*(uint*)message.Payload, int.MaxValue);
        if (count is < 0 or > VhostMessage.MaxDescriptors || message.Length < TableHeader + count * sizeof(RegionPayload) ||
            message.DescriptorCount != count)
        {
            return false;
        }
        ClearMemory();
        RegionPayload* regions = (RegionPayload*)(message.Payload + TableHeader);
        bool whole = true;
        for (int i = 0; i < count && whole; i++)
        {
            whole = TryAdd(regions[i].Region, message.TakeDescriptor());
        }
        if (!whole)
        {
            ClearMemory();
        }
        Relocate();
        Settle();
        return whole;
    }

    /// <summary>QEMU 7.2 says this once for each queue pair: what is there already is right.</summary>
    private bool AddMemoryRegion(VhostMessage message)
    {
        if (!message.TryRead(out SingleRegionPayload payload) || message.DescriptorCount != 1)
        {
            return false;
        }
        if (_card.Pairs > 1 && IsThere(payload.Region.Region))
        {
            return Ignore(message);
        }
        bool added = TryAdd(payload.Region.Region, message.TakeDescriptor());
        Settle();
        return added;
    }

    /// <summary>Some front ends send the file along again; it is not needed. With several queue pairs this too may come for each.</summary>
    private bool RemoveMemoryRegion(VhostMessage message)
    {
        if (!message.TryRead(out SingleRegionPayload payload))
        {
            return false;
        }
        Ignore(message);
        int index = Memory.Remove(payload.Region.Region);
        if (index < 0)
        {
            return _card.Pairs > 1;
        }
        int last = (int)--_record->RegionCount;
        End(ref _files[index], ref _record->Regions[index].Slot);
        _files[index] = _files[last];
        _record->Regions[index] = _record->Regions[last];
        _files[last] = -1;
        _record->Regions[last] = default;
        _record->Regions[last].Slot = -1;
        Relocate();
        return true;
    }

    private bool IsThere(in GuestRegion region)
    {
        for (int i = 0; i < (int)_record->RegionCount; i++)
        {
            if (region == RegionOf(in _record->Regions[i]))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Takes the descriptor in any case.</summary>
    private bool TryAdd(in GuestRegion region, int descriptor)
    {
        if (Memory.Add(in region, descriptor) < 0)
        {
            return Refuse(descriptor);
        }
        int index = (int)_record->RegionCount;
        _files[index] = descriptor;
        _record->Regions[index] = new VhostRegionRecord
        {
            Guest = region.Guest,
            Size = region.Size,
            User = region.User,
            FileOffset = region.FileOffset,
            Slot = _owner.Keep(descriptor),
        };
        _record->RegionCount++;
        return true;
    }

    private void ClearMemory()
    {
        Memory.Clear();
        for (; _record->RegionCount > 0; _record->RegionCount--)
        {
            int last = (int)_record->RegionCount - 1;
            End(ref _files[last], ref _record->Regions[last].Slot);
        }
    }

    /// <summary>The answer is empty: that is what front ends wait for (QEMU, when the log comes as a file).</summary>
    private bool SetLogBase(VhostMessage message)
    {
        int descriptor = message.TakeDescriptor();
        if (!message.TryRead(out LogPayload payload) || descriptor < 0 || Memory.StartLog(descriptor, payload.Size, payload.Offset) < 0)
        {
            return Refuse(descriptor);
        }
        Replace(ref _log, ref _record->LogSlot, descriptor);
        _record->LogSize = payload.Size;
        _record->LogOffset = payload.Offset;
        message.AnswerWith(0);
        return true;
    }
}
