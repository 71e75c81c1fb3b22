namespace Weft.Wire;

/// <summary>Sums data that lies in several pieces of any length, odd ones too.</summary>
public unsafe struct ChecksumRun(uint sum)
{
    private uint _sum = sum;
    private bool _isOdd;

    /// <summary>The partial sum so far.</summary>
    public readonly uint Sum => _sum;

    public void Add(byte* at, int length)
    {
        _sum = Checksum.Add(_sum, Checksum.Sum(at, length), _isOdd);
        _isOdd ^= (length & 1) != 0;
    }
}
