namespace Weft.Engine.Cables;

/// <summary>SplitMix64: small, seeded, the same sequence everywhere.</summary>
internal struct SeededRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        ulong z = _state += 0x9e37_79b9_7f4a_7c15UL;
        z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9UL;
        z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11ebUL;
        return z ^ (z >> 31);
    }

    /// <summary>A number below <paramref name="end"/>; 0 when that is 0.</summary>
    public uint Below(uint end) => (uint)Math.BigMul(Next(), end, out _);

    /// <summary>True with a chance of so many in a million.</summary>
    public bool Happens(uint perMillion) => perMillion > 0 && Below(1_000_000) < perMillion;
}
