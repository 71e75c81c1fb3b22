using Weft.Engine.State;

namespace Weft.Gateway.Dhcp;

/// <summary>
/// Writes leases of one network into the shared memory. A record is valid while its network id is not zero: that word is
/// written last when a record is made and zeroed first when its owner changes. A renewal writes the expiry alone, one word.
/// With no place left a lease lives in memory and journal only.
/// </summary>
internal sealed class LeaseMirror(LeaseSlots slots, ulong networkId)
{
    public void Write(Lease lease)
    {
        if (lease.Slot == Lease.NoSlot && (lease.Slot = slots.Take()) == Lease.NoSlot)
        {
            return;
        }
        RecordArray<LeaseRecord> records = slots.Records;
        ref LeaseRecord record = ref records[lease.Slot];
        var name = Text64.From(lease.HostName);
        bool isSame = record.NetworkId == networkId && record.Address == lease.Address && record.Client == lease.Client &&
            record.Mac == lease.Mac && record.PortId == lease.Port && ((ReadOnlySpan<byte>)record.HostName).SequenceEqual(name);
        if (isSame)
        {
            Volatile.Write(ref record.Expires, lease.Expires);
            return;
        }
        Volatile.Write(ref record.NetworkId, 0);
        record.Address = lease.Address;
        record.Mac = lease.Mac;
        record.Client = lease.Client;
        record.PortId = lease.Port;
        record.HostName = name;
        record.Expires = lease.Expires;
        Volatile.Write(ref record.NetworkId, networkId);
    }

    public void Erase(Lease lease)
    {
        if (lease.Slot == Lease.NoSlot)
        {
            return;
        }
        RecordArray<LeaseRecord> records = slots.Records;
        Volatile.Write(ref records[lease.Slot].NetworkId, 0);
        slots.Return(lease.Slot);
        lease.Slot = Lease.NoSlot;
    }

    /// <summary>The leases that a predecessor left for this network, each with its place.</summary>
    public IEnumerable<Lease> Read(LeaseTime now, uint maxSeconds)
    {
        for (int slot = slots.NextTaken(0); slot >= 0; slot = slots.NextTaken(slot + 1))
        {
            LeaseRecord record = slots.Records[slot];
            if (record.NetworkId != networkId)
            {
                continue;
            }
            yield return new Lease(record.Address)
            {
                Mac = record.Mac,
                Client = record.Client,
                Port = record.PortId,
                HostName = record.HostName.ToString(),
                State = LeaseState.Bound,
                Expires = record.Expires,
                Until = now.After((uint)Math.Clamp(record.Expires - now.UnixSeconds, 0, maxSeconds)),
                Slot = slot,
            };
        }
    }
}
