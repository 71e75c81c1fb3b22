using Weft.Wire;

namespace Weft.Gateway;

/// <summary>Writes UDP datagrams of the gateway's own services.</summary>
internal static unsafe class GuestDatagram
{
    public const int HeaderSize = Ipv4View.Size + UdpView.Size;

    /// <summary>Writes an IPv4 packet, checksums complete, and returns its bytes.</summary>
    public static int Write(byte* to, (IpAddress Address, ushort Port) from, (IpAddress Address, ushort Port) target, ReadOnlySpan<byte> payload)
    {
        int length = HeaderSize + payload.Length;
        Ipv4Header.Write(to, new Ipv4Fields(from.Address, target.Address, IpProtocol.Udp, length));
        byte* udp = to + Ipv4View.Size;
        UdpHeader.Write(udp, from.Port, target.Port, payload.Length);
        payload.CopyTo(new Span<byte>(udp + UdpView.Size, payload.Length));
        UdpHeader.Complete(udp, UdpView.Size + payload.Length, from.Address, target.Address);
        return length;
    }
}
