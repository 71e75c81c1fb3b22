using Weft.Gateway.Nat;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat;

internal sealed record SentError(IpAddress From, byte[] Offending, byte Type, byte Code, ushort Info);

/// <summary>ICMP errors that a translator asked for.</summary>
internal sealed class RecordingErrors : IIcmpErrors
{
    public List<SentError> Sent { get; } = [];

    public void Send(IpAddress from, ReadOnlySpan<byte> offending, byte type, byte code, ushort info) =>
        Sent.Add(new SentError(from, offending.ToArray(), type, code, info));
}
