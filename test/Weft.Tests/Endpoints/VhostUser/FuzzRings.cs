using Weft.Wire;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Ring states as a guest would leave them, most of them with something changed.</summary>
public sealed class FuzzRings(VhostDriver driver, Random random)
{
    private const int MostPieces = 5;

    public void Change()
    {
        DriverRing ring = driver.Rings[random.Next(driver.Rings.Count)];
        switch (random.Next(12))
        {
            case 0:
                ring.AvailableIndex += (ushort)(random.Next(10) == 0 ? random.Next(65_536) : random.Next(3));
                break;
            case 1:
                ring.WriteAvailable(random.Next(ring.Size), (ushort)(random.Next(5) == 0 ? random.Next(65_536) : random.Next(ring.Size)));
                break;
            case 2:
                ring.UsedEvent = (ushort)random.Next(65_536);
                ring.AvailableFlags = (ushort)random.Next(4);
                break;
            case 3:
                random.NextBytes(driver.Memory.Span(ring.Used, (int)ring.UsedBytes));
                break;
            case 4:
                ring.WriteDescriptor(random.Next(ring.Size), AnyDescriptor(ring));
                break;
            default:
                OfferChain(ring);
                break;
        }
    }

    /// <summary>A chain from a random head: right for its ring, but for what chance changes.</summary>
    private void OfferChain(DriverRing ring)
    {
        bool isReceive = ring.Index % 2 == 0;
        int pieces = random.Next(1, MostPieces + 1);
        int head = random.Next(ring.Size);
        ushort direction = isReceive ? RingDescriptor.Writable : (ushort)0;
        bool indirect = random.Next(3) == 0;
        ulong table = Somewhere(ring);
        for (int i = 0; i < pieces; i++)
        {
            int next = indirect ? i + 1 : (head + i + 1) % ring.Size;
            RingDescriptor descriptor = random.Next(12) == 0
                ? AnyDescriptor(ring)
                : new RingDescriptor(Place(ring, i == 0), (uint)random.Next(i == 0 ? 26 : 1, 900), (ushort)(direction | (i < pieces - 1 ? RingDescriptor.HasNext : 0)), (ushort)next);
            if (indirect)
            {
                ring.WriteDescriptorAt(table + (ulong)i * RingDescriptor.Size, descriptor);
            }
            else
            {
                ring.WriteDescriptor((head + i) % ring.Size, descriptor);
            }
        }
        if (indirect)
        {
            uint bytes = (uint)(pieces * RingDescriptor.Size) + (random.Next(10) == 0 ? (uint)random.Next(1, 40) : 0);
            ring.WriteDescriptor(head, new RingDescriptor(table, bytes, RingDescriptor.Indirect, 0));
        }
        ring.Offer((ushort)head);
    }

    /// <summary>Guest memory with an offload header in it that may or may not make sense.</summary>
    private ulong Place(DriverRing ring, bool isFirst)
    {
        ulong place = Somewhere(ring);
        if (isFirst && ring.Index % 2 == 1)
        {
            Offload offload = random.Next(2) == 0 ? default : new Offload
            {
                Flags = (byte)random.Next(4),
                GsoType = (byte)(random.Next(6) | (random.Next(5) == 0 ? 0x80 : 0)),
                GsoSize = (ushort)random.Next(3000),
                HeaderLength = (ushort)random.Next(200),
                ChecksumStart = (ushort)random.Next(200),
                ChecksumOffset = (ushort)random.Next(random.Next(5) == 0 ? 65_536 : 20),
            };
            driver.Memory.Write(place, new NetHeader(offload, (ushort)random.Next(3)).ToBytes());
        }
        return place;
    }

    /// <summary>Somewhere in the upper half of the guest's memory, where no ring is, with room for a page behind it; now and then in a ring.</summary>
    private ulong Somewhere(DriverRing ring)
    {
        GuestRegion region = driver.Memory.Regions[0];
        return random.Next(60) == 0 ? ring.Table : region.Address + region.Size / 2 + (ulong)random.Next((int)(region.Size / 2) - 8192);
    }

    private RingDescriptor AnyDescriptor(DriverRing ring)
    {
        GuestRegion region = driver.Memory.Regions[0];
        ulong address = random.Next(6) switch
        {
            0 => region.End - (ulong)random.Next(3000),
            1 => region.Address - (ulong)random.Next(3000),
            2 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
            3 => ulong.MaxValue - (ulong)random.Next(3000),
            4 => ring.Used,
            _ => Somewhere(ring),
        };
        uint length = random.Next(5) switch { 0 => 0, 1 => (uint)random.Next(30), 2 => (uint)random.Next(70_000), 3 => uint.MaxValue - (uint)random.Next(100), _ => (uint)random.Next(2000) };
        return new RingDescriptor(address, length, (ushort)random.Next(random.Next(10) == 0 ? 65_536 : 8), (ushort)random.Next(random.Next(5) == 0 ? 65_536 : ring.Size));
    }
}
