namespace Weft.Wire;

/// <summary>Writes UDP headers.</summary>
public static unsafe class UdpHeader
{
    /// <summary>Writes <see cref="UdpView.Size"/> bytes with a zero checksum and returns that; then <see cref="Complete"/>.</summary>
    public static int Write(byte* at, ushort sourcePort, ushort destinationPort, int payloadLength)
    {
        NetworkOrder.Write16(at + UdpView.SourcePortOffset, sourcePort);
        NetworkOrder.Write16(at + UdpView.DestinationPortOffset, destinationPort);
        NetworkOrder.Write16(at + UdpView.LengthOffset, (ushort)(UdpView.Size + payloadLength));
        Checksum.Store(at + UdpView.ChecksumOffset, 0);
        return UdpView.Size;
    }

    /// <summary>Completes a datagram that lies in one piece.</summary>
    /// <param name="length">Bytes of header and payload.</param>
    public static void Complete(byte* at, int length, IpAddress source, IpAddress destination)
    {
        Checksum.Store(at + UdpView.ChecksumOffset, 0);
        StoreChecksum(at, Checksum.Sum(at, length, Checksum.Pseudo(source, destination, IpProtocol.Udp, length)));
    }

    /// <summary>Stores the checksum for the sum over pseudo header, header (field zero) and payload; 0 is sent as all ones (RFC 768).</summary>
    public static void StoreChecksum(byte* at, uint sum)
    {
        ushort checksum = Checksum.Finish(sum);
        Checksum.Store(at + UdpView.ChecksumOffset, checksum == 0 ? (ushort)0xffff : checksum);
    }
}
