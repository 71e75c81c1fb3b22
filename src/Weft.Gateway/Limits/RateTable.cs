namespace Weft.Gateway.Limits;

/// <summary>
/// Token buckets by key (a MAC, a guest address) in a fixed number of places: four ways per set, the fullest bucket gives
/// way. A flood of made-up keys can only push out other buckets, which then start full: it limits nobody but its own keys.
/// </summary>
internal sealed class RateTable(Rate rate)
{
    private const int Sets = 256;
    private const int Ways = 4;

    // Made when first asked: most networks never need them.
    private ulong[] _keys = [];
    private TokenBucket[] _buckets = [];

    public bool TryTake(ulong key, long now)
    {
        if (_keys.Length == 0)
        {
            _keys = new ulong[Sets * Ways];
            _buckets = new TokenBucket[Sets * Ways];
        }
        int first = SetOf(key);
        int victim = first;
        for (int i = first; i < first + Ways; i++)
        {
            if (_keys[i] == key)
            {
                return _buckets[i].TryTake(rate, now);
            }
            if (_buckets[i].FullAt < _buckets[victim].FullAt)
            {
                victim = i;
            }
        }
        _keys[victim] = key;
        _buckets[victim] = default;
        return _buckets[victim].TryTake(rate, now);
    }

    /// <summary>Fibonacci hashing: the upper bits of the product spread neighbouring keys.</summary>
    private static int SetOf(ulong key) => (int)((key * 0x9e37_79b9_7f4a_7c15UL) >> 56) * Ways;
}
