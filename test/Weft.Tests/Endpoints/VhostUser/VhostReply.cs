using System.Buffers.Binary;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>A message from a back end.</summary>
public sealed record VhostReply(VhostRequest Request, uint Flags, byte[] Payload, int[] Descriptors)
{
    /// <summary>The payload's first number; what a payload lacks is zero.</summary>
    public ulong Number
    {
        get
        {
            Span<byte> bytes = stackalloc byte[8];
            Payload.AsSpan(0, Math.Min(8, Payload.Length)).CopyTo(bytes);
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }
    }
}
