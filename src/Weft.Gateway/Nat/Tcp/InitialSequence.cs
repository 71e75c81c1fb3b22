using Weft.Engine;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>
/// Initial sequence numbers and timestamp offsets (RFC 6528 §3, RFC 7323 §7.1): a clock plus a keyed hash of the tuple.
/// The key lies in the shared memory, so that a successor's timestamps go on where its predecessor's were.
/// </summary>
internal sealed class InitialSequence(ulong keyLow, ulong keyHigh)
{
    /// <summary>ISN = M + F(tuple, key); M ticks every 4 µs.</summary>
    public uint For(in FlowKey key, long nowMicroseconds) => (uint)(nowMicroseconds / 4) + (uint)Hash(in key, 1);

    public uint TimestampOffset(in FlowKey key) => (uint)Hash(in key, 2);

    /// <summary>SipHash-2-4 over the tuple (Aumasson, Bernstein 2012).</summary>
    private ulong Hash(in FlowKey key, ulong purpose)
    {
        ulong v0 = keyLow ^ 0x736f6d6570736575UL;
        ulong v1 = keyHigh ^ 0x646f72616e646f6dUL;
        ulong v2 = keyLow ^ 0x6c7967656e657261UL;
        ulong v3 = keyHigh ^ 0x7465646279746573UL;
        Mix(ref v0, ref v1, ref v2, ref v3, key.NetworkId);
        Mix(ref v0, ref v1, ref v2, ref v3, key.Guest.High);
        Mix(ref v0, ref v1, ref v2, ref v3, key.Guest.Low);
        Mix(ref v0, ref v1, ref v2, ref v3, key.Peer.High);
        Mix(ref v0, ref v1, ref v2, ref v3, key.Peer.Low);
        Mix(ref v0, ref v1, ref v2, ref v3, ((ulong)key.GuestPort << 16) | key.PeerPort | (purpose << 48));
        v2 ^= 0xff;
        for (int i = 0; i < 4; i++)
        {
            Round(ref v0, ref v1, ref v2, ref v3);
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Mix(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3, ulong word)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = ulong.RotateLeft(v1, 13) ^ v0;
        v0 = ulong.RotateLeft(v0, 32);
        v2 += v3;
        v3 = ulong.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = ulong.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = ulong.RotateLeft(v1, 17) ^ v2;
        v2 = ulong.RotateLeft(v2, 32);
    }
}
