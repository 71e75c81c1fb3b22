using System.Buffers.Binary;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Messages as a sane front end would send them, most of them with something changed.</summary>
public sealed class FuzzMessages(VhostDriver driver, Random random, FuzzFiles files)
{
    private const ulong User = 0x5a00_4000_0000;

    private static readonly ulong[] s_numbers =
        [0, 1, 2, 3, 8, 15, 16, 64, 0xff, 0x100, 0x1000, 0xffff, 0x1_0000, 0x8000_0000, 0xffff_ffff, 1UL << 32, 1UL << 63, ulong.MaxValue, 0x4000_0000, User];

    public void Send()
    {
        VhostRequest request = random.Next(30) == 0 ? (VhostRequest)random.Next() : (VhostRequest)random.Next(0, 43);
        (byte[] payload, int[] descriptors) = Sane(request);
        payload = random.Next(3) == 0 ? payload : Changed(payload);
        descriptors = random.Next(6) == 0 ? [.. Enumerable.Range(0, random.Next(12)).Select(_ => files.Any(random))] : descriptors;
        uint flags = random.Next(20) == 0 ? (uint)random.Next(16) : VhostChannel.Version | (random.Next(2) == 0 ? VhostChannel.NeedReplyFlag : 0);
        uint? size = random.Next(30) == 0 ? (uint)Number() : null;
        byte[] message = VhostChannel.Message((uint)request, flags, payload, size);
        if (random.Next(40) == 0)
        {
            message = message[..random.Next(message.Length)];
        }
        driver.Channel.SendRaw(message, descriptors, random.Next(10) == 0 ? random.Next(1, 20) : int.MaxValue);
        if (random.Next(200) == 0)
        {
            driver.Channel.Close();
        }
    }

    private (byte[] Payload, int[] Descriptors) Sane(VhostRequest request)
    {
        DriverRing ring = driver.Rings[random.Next(driver.Rings.Count)];
        ulong guest = driver.Memory.Regions[0].Address;
        return request switch
        {
            VhostRequest.SetFeatures => (VhostDriver.Bytes((ulong)driver.Features), []),
            VhostRequest.SetProtocolFeatures => (VhostDriver.Bytes((ulong)driver.Protocol), []),
            VhostRequest.SetMemoryTable => random.Next(2) == 0 ? (driver.Memory.Describe(), driver.Memory.Descriptors()) : AnyTable(),
            VhostRequest.AddMemoryRegion or VhostRequest.RemoveMemoryRegion => random.Next(2) == 0
                ? (VhostDriver.OneRegion(driver.Memory.Regions[0]), [driver.Memory.Regions[0].Descriptor])
                : ([.. new byte[8], .. AnyRegion()], [files.Memory(random)]),
            VhostRequest.SetLogBase => (DirtyLog.Describe(guest / 4096 / 8 + 64, 0), [files.Memory(random)]),
            VhostRequest.SetRingSize => (VhostDriver.RingState(ring.Index, (uint)ring.Size), []),
            VhostRequest.SetRingBase => (VhostDriver.RingState(ring.Index, ring.UsedIndex), []),
            VhostRequest.GetRingBase => (VhostDriver.RingState(ring.Index, 0), []),
            VhostRequest.SetRingEnable => (VhostDriver.RingState(ring.Index, (uint)random.Next(2)), []),
            VhostRequest.SetRingAddress => (VhostDriver.RingAddresses(ring.Index, (uint)random.Next(2), driver.Memory.UserAddressOf(ring.Table),
                driver.Memory.UserAddressOf(ring.Used), driver.Memory.UserAddressOf(ring.Available), ring.Used), []),
            VhostRequest.SetRingKick => (VhostDriver.Bytes((ulong)ring.Index), [ring.Kick.Descriptor]),
            VhostRequest.SetRingCall => (VhostDriver.Bytes((ulong)ring.Index), [ring.Call.Descriptor]),
            VhostRequest.SetRingError => (VhostDriver.Bytes((ulong)ring.Index), [ring.Error.Descriptor]),
            VhostRequest.SetBackendChannel => ([], [files.Any(random)]),
            VhostRequest.GetConfig or VhostRequest.SetConfig => ([.. VhostDriver.RingState(random.Next(20), (uint)random.Next(20)), 0, 0, 0, 0, .. new byte[20]], []),
            VhostRequest.SetMtu or VhostRequest.SendRarp or VhostRequest.SetStatus => (VhostDriver.Bytes((ulong)random.Next(1, 2000)), []),
            _ => (random.Next(2) == 0 ? [] : new byte[random.Next(64)], []),
        };
    }

    private (byte[] Payload, int[] Descriptors) AnyTable()
    {
        byte[][] regions = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => AnyRegion())];
        return (GuestMemory.Describe(regions), [.. regions.Select(_ => files.Memory(random))]);
    }

    /// <summary>The files behind these are nobody's: what is described so may be written anywhere.</summary>
    private byte[] AnyRegion() => GuestRegion.Describe((ulong)random.Next(0, 40) << 16, (ulong)random.Next(1, 16) << 16,
        User + ((ulong)random.Next(0, 40) << 16), random.Next(4) == 0 ? Number() : (ulong)random.Next(0, 4) << 12);

    private byte[] Changed(byte[] payload)
    {
        byte[] changed = [.. payload];
        switch (random.Next(5))
        {
            case 0 when changed.Length > 0:
                return changed[..random.Next(changed.Length)];
            case 1:
                return [.. changed, .. new byte[random.Next(1, 40)]];
            case 2 when changed.Length >= 8 && !IsGuarded(payload):
                BinaryPrimitives.WriteUInt64LittleEndian(changed.AsSpan(random.Next(0, (changed.Length - 8) / 4 + 1) * 4), Number());
                break;
            case 3 when changed.Length > 0 && !IsGuarded(payload):
                changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
                break;
            default:
                break;
        }
        return changed;
    }

    /// <summary>Describes our own memory: another offset would make guards writable that are to stay whole.</summary>
    private static bool IsGuarded(byte[] payload) => payload.Length is 32 or 40 && payload.AsSpan().IndexOf(VhostDriver.Bytes(User)) >= 0
        && payload.AsSpan().IndexOf(VhostDriver.Bytes(GuestRegion.Guard)) >= 0;

    private ulong Number() => s_numbers[random.Next(s_numbers.Length)] + (ulong)(random.Next(8) == 0 ? random.Next(-16, 16) : 0);
}
