using System.Buffers.Binary;
using System.Net.Sockets;
using Weft.Model.Api;
using Weft.Wire;

namespace Weft.Lab.Load;

/// <summary>A guest that is no guest: it sends what it likes on its SEQPACKET socket.</summary>
internal sealed class RawPort : IDisposable
{
    private const int EthernetSize = 14;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified) { SendTimeout = 10_000 };

    public RawPort(StatusDocument status, string port)
    {
        PortDocument document = status.Networks.SelectMany(n => n.Ports).Single(p => p.Name == port);
        _socket.Connect(new UnixDomainSocketEndPoint(document.Path));
        Mac = Convert.FromHexString(document.Mac.Replace(":", ""));
    }

    public byte[] Mac { get; }

    public void Send(ReadOnlySpan<byte> frame) => _socket.Send(frame);

    public void Dispose() => _socket.Dispose();

    /// <summary>An IPv4 frame with a right header checksum.</summary>
    public static byte[] Ip(byte[] to, byte[] from, (uint Source, uint Destination) addresses, byte protocol, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[EthernetSize + 20 + payload.Length];
        to.CopyTo(frame, 0);
        from.CopyTo(frame, 6);
        frame[12] = 8;
        Span<byte> ip = frame.AsSpan(EthernetSize);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(20 + payload.Length));
        ip[8] = 64;
        ip[9] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], addresses.Source);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], addresses.Destination);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Fold(Sum(ip[..20])));
        payload.CopyTo(ip[20..]);
        return frame;
    }

    /// <summary>A SYN with right checksums.</summary>
    public static byte[] Syn(byte[] to, byte[] from, (uint Source, uint Destination) addresses, (ushort Source, ushort Destination) ports)
    {
        Span<byte> tcp = stackalloc byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, ports.Source);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], ports.Destination);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], addresses.Destination * 31 + ports.Source);
        tcp[12] = 0x50;
        tcp[13] = 2;
        tcp[14] = 0x40;
        uint pseudo = (addresses.Source >> 16) + (addresses.Source & 0xffff) + (addresses.Destination >> 16) + (addresses.Destination & 0xffff) + IpProtocol.Tcp + 20;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], Fold(pseudo + Sum(tcp)));
        return Ip(to, from, addresses, IpProtocol.Tcp, tcp);
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i + 1 < bytes.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        }
        return sum;
    }

    private static ushort Fold(uint sum)
    {
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~((sum & 0xffff) + (sum >> 16));
    }
}
