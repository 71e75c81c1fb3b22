namespace Weft.Gateway.Nat.Tcp;

/// <summary>Sequence number arithmetic modulo 2^32 (RFC 9293 §3.4).</summary>
internal static class Sequence
{
    public static bool Before(uint a, uint b) => (int)(a - b) < 0;

    public static bool After(uint a, uint b) => (int)(a - b) > 0;

    public static bool Within(uint value, uint from, uint to) => !Before(value, from) && !After(value, to);

    public static uint Later(uint a, uint b) => After(a, b) ? a : b;

    public static uint Earlier(uint a, uint b) => Before(a, b) ? a : b;
}
