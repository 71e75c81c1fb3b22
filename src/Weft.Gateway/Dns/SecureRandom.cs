using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Weft.Gateway.Dns;

/// <summary>Random numbers that an attacker cannot foretell (RFC 5452 §9.2), behind the type that tests can seed.</summary>
internal sealed class SecureRandom : Random
{
    public override int Next(int maxValue) => RandomNumberGenerator.GetInt32(maxValue);

    public override int Next()
    {
        Span<byte> bytes = stackalloc byte[4];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes) & int.MaxValue;
    }
}
