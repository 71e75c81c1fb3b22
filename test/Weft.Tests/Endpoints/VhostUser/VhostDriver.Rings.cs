using System.Buffers.Binary;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Rings: how they are made known, enabled, stopped and taken up again.</summary>
public sealed partial class VhostDriver
{
    private const ulong NoDescriptor = 0x100;

    public IReadOnlyList<DriverRing> Rings { get; private set; } = [];

    public IReadOnlyList<ReceiveQueue> Receive { get; private set; } = [];

    public IReadOnlyList<TransmitQueue> Transmit { get; private set; } = [];

    /// <summary>Lays the rings into guest memory; the back end learns of them by <see cref="StartRing"/>.</summary>
    public void MakeRings()
    {
        DriverRing[] rings = [.. Enumerable.Range(0, 2 * _options.QueuePairs).Select(i => new DriverRing(Memory, i, _options.RingSize, Features))];
        bool isMergeable = (Features & DeviceFeatures.MergeableBuffers) != 0;
        int headerSize = NetHeader.SizeFor(Features);
        Rings = rings;
        Receive = [.. rings.Where(ring => ring.Index % 2 == 0).Select(ring => new ReceiveQueue(ring, isMergeable, headerSize))];
        Transmit = [.. rings.Where(ring => ring.Index % 2 == 1).Select(ring => new TransmitQueue(ring, headerSize))];
        foreach (DriverRing ring in rings)
        {
            ring.Reset(_options.FirstIndex);
        }
    }

    /// <summary>Makes all known, posts buffers, and says that the driver is there.</summary>
    public void StartRings()
    {
        foreach (DriverRing ring in Rings)
        {
            StartRing(ring);
        }
        foreach (ReceiveQueue queue in Receive)
        {
            queue.Post(_options.Buffers, _options.BufferSize, _options.BufferLayout);
            queue.Ring.KickIfWanted();
        }
        if ((Protocol & ProtocolFeatures.Status) != 0)
        {
            SetStatus(DriverOk);
        }
    }

    /// <summary>As QEMU does it: the call descriptor, size, base, addresses, the kick that starts it, and the switch.</summary>
    public void StartRing(DriverRing ring, bool isEnabled = true)
    {
        SetCall(ring);
        Tell(VhostRequest.SetRingSize, RingState(ring.Index, (uint)ring.Size));
        // Where the device goes on: what it had not finished it does again.
        Tell(VhostRequest.SetRingBase, RingState(ring.Index, ring.UsedIndex));
        SetAddresses(ring);
        SetKick(ring);
        if ((Features & DeviceFeatures.ProtocolFeatures) != 0)
        {
            Enable(ring, isEnabled);
        }
    }

    public void SetAddresses(DriverRing ring, bool isLogged = false) =>
        Tell(VhostRequest.SetRingAddress, RingAddresses(ring.Index, isLogged ? 1u : 0,
            Memory.UserAddressOf(ring.Table), Memory.UserAddressOf(ring.Used), Memory.UserAddressOf(ring.Available), isLogged ? ring.Used : 0));

    public void SetKick(DriverRing ring) => Tell(VhostRequest.SetRingKick, Bytes((ulong)ring.Index), ring.Kick.Descriptor);

    public void SetCall(DriverRing ring) => Tell(VhostRequest.SetRingCall, Bytes((ulong)ring.Index), ring.Call.Descriptor);

    /// <summary>No call descriptor: the driver polls.</summary>
    public void ClearCall(DriverRing ring) => Tell(VhostRequest.SetRingCall, Bytes((ulong)ring.Index | NoDescriptor));

    public void Enable(DriverRing ring, bool on) => Tell(VhostRequest.SetRingEnable, RingState(ring.Index, on ? 1u : 0));

    /// <summary>The next frame that came by a pair, its buffers posted again; null for none.</summary>
    public ReceivedFrame? TakeFrame(int pair = 0)
    {
        ReceivedFrame? frame = Receive[pair].TryReceive();
        if (frame is not null)
        {
            Receive[pair].Post(frame.Buffers, _options.BufferSize, _options.BufferLayout);
            Receive[pair].Ring.KickIfWanted();
        }
        return frame;
    }

    /// <summary>GET_VRING_BASE: the ring stops; where the device would go on.</summary>
    public ushort StopRing(DriverRing ring)
    {
        byte[] payload = AskWhole(VhostRequest.GetRingBase, RingState(ring.Index, 0)).Payload;
        Assert.Equal(8, payload.Length);
        Assert.Equal((uint)ring.Index, BinaryPrimitives.ReadUInt32LittleEndian(payload));
        return (ushort)BinaryPrimitives.ReadUInt32LittleEndian(payload.AsSpan(4));
    }

    /// <summary>The guest's driver begins anew over the same tables: nothing is on its way any more.</summary>
    public void ResetRings()
    {
        foreach (ReceiveQueue queue in Receive)
        {
            queue.Forget();
        }
        foreach (TransmitQueue queue in Transmit)
        {
            queue.Forget();
        }
        foreach (DriverRing ring in Rings)
        {
            ring.Reset(_options.FirstIndex);
        }
    }

    internal static byte[] RingState(int index, uint number)
    {
        byte[] payload = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(payload, index);
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(4), number);
        return payload;
    }

    internal static byte[] RingAddresses(int index, uint flags, ulong table, ulong used, ulong available, ulong log)
    {
        byte[] payload = new byte[40];
        BinaryPrimitives.WriteInt32LittleEndian(payload, index);
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(4), flags);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(8), table);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(16), used);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(24), available);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(32), log);
        return payload;
    }
}
