using Weft.Wire;

namespace Weft.Gateway.Dhcp;

/// <summary>
/// A client's identity in 64 bits: FNV-1a over a kind byte and the identity, then mixed. Two clients of one network that
/// meet in it would share a lease: one chance in 10^10 with 65,000 of them.
/// </summary>
internal static class ClientKey
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong From(ReadOnlySpan<byte> clientId) => Mix(Hash(clientId, Offset ^ 61));

    public static ulong From(MacAddress mac)
    {
        Span<byte> bytes = stackalloc byte[MacAddress.Size];
        mac.Write(bytes);
        return Mix(Hash(bytes, Offset ^ 1));
    }

    private static ulong Hash(ReadOnlySpan<byte> bytes, ulong hash)
    {
        foreach (byte value in bytes)
        {
            hash = (hash ^ value) * Prime;
        }
        return hash;
    }

    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 32)) * 0xd6e8_feb8_6659_fd93UL;
        return hash ^ (hash >> 32);
    }
}
