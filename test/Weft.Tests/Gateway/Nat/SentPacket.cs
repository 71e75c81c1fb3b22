using Weft.Wire;

namespace Weft.Tests.Gateway.Nat;

/// <summary>One IPv4 packet that a translator queued for a guest.</summary>
internal sealed record SentPacket(IpAddress Guest, byte[] Bytes, Offload Offload)
{
    public Ipv4View Ip => Ipv4View.TryParse(Bytes, out Ipv4View view) && view.HeaderChecksumIsRight && view.TotalLength == Bytes.Length
        ? view
        : throw new InvalidOperationException("malformed IPv4 packet");

    public byte[] Payload => Bytes[Ipv4View.Size..];
}
