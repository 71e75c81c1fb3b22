using System.Buffers.Binary;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>A guest's memory: regions at guest-physical addresses, and what the guest itself may do with them.</summary>
public sealed unsafe class GuestMemory : IDisposable
{
    private readonly List<GuestRegion> _regions = [];

    public IReadOnlyList<GuestRegion> Regions => _regions;

    public GuestRegion Add(ulong address, ulong size, bool isSealed = true)
    {
        GuestRegion region = new(address, size, isSealed);
        _regions.Add(region);
        return region;
    }

    public void Remove(GuestRegion region)
    {
        _regions.Remove(region);
        region.Dispose();
    }

    /// <summary>A piece of the first region that has one.</summary>
    public ulong Take(ulong bytes, ulong alignment = 16)
    {
        foreach (GuestRegion region in _regions)
        {
            if (region.Heap.TryTake(bytes, alignment, out ulong address))
            {
                return address;
            }
        }
        throw new InvalidOperationException($"the guest has no {bytes} bytes left");
    }

    public void Give(ulong address) => Find(address, 1).Heap.Give(address);

    /// <summary>Where the bytes at a guest-physical address lie in this process.</summary>
    public byte* At(ulong address, ulong bytes = 1)
    {
        GuestRegion region = Find(address, bytes);
        return region.Start + (address - region.Address);
    }

    public Span<byte> Span(ulong address, int bytes) => new(At(address, (ulong)bytes), bytes);

    public void Write(ulong address, ReadOnlySpan<byte> bytes) => bytes.CopyTo(Span(address, bytes.Length));

    /// <summary>The front end's name for a guest-physical address.</summary>
    public ulong UserAddressOf(ulong address)
    {
        GuestRegion region = Find(address, 1);
        return region.UserAddress + (address - region.Address);
    }

    /// <summary>The payload of SET_MEM_TABLE.</summary>
    public byte[] Describe() => Describe([.. _regions.Select(region => region.Describe())]);

    public static byte[] Describe(params ReadOnlySpan<byte[]> regions)
    {
        byte[] payload = new byte[8 + regions.Length * 32];
        BinaryPrimitives.WriteInt32LittleEndian(payload, regions.Length);
        for (int i = 0; i < regions.Length; i++)
        {
            regions[i].CopyTo(payload, 8 + i * 32);
        }
        return payload;
    }

    public int[] Descriptors() => [.. _regions.Select(region => region.Descriptor)];

    /// <summary>All of it as it is now.</summary>
    public byte[][] Picture() => [.. _regions.Select(region => new ReadOnlySpan<byte>(region.Start, (int)region.Size).ToArray())];

    /// <summary>The guards are whole, and since <paramref name="before"/> nothing changed but the given ranges.</summary>
    public void AssertChangedOnlyIn(byte[][] before, params ReadOnlySpan<(ulong Address, ulong Bytes)> ranges)
    {
        AssertGuards();
        for (int i = 0; i < _regions.Count; i++)
        {
            byte[] old = before[i];
            byte[] now = new ReadOnlySpan<byte>(_regions[i].Start, old.Length).ToArray();
            foreach ((ulong address, ulong bytes) in ranges)
            {
                if (address >= _regions[i].Address && address + bytes <= _regions[i].End)
                {
                    int at = (int)(address - _regions[i].Address);
                    old.AsSpan(at, (int)bytes).CopyTo(now.AsSpan(at));
                }
            }
            int same = old.AsSpan().CommonPrefixLength(now);
            Assert.True(same == old.Length, $"the byte at {_regions[i].Address + (ulong)same:x} was written");
        }
    }

    public void AssertGuards() => Assert.All(_regions, region => Assert.True(region.AreGuardsWhole(), $"guard of {region.Name}"));

    public void Dispose() => _regions.ForEach(region => region.Dispose());

    private GuestRegion Find(ulong address, ulong bytes) =>
        _regions.Find(region => address >= region.Address && address + bytes <= region.End)
        ?? throw new InvalidOperationException($"the guest has no memory at {address:x}+{bytes:x}");
}
