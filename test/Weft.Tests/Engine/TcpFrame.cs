using Weft.Tests.Wire;
using Weft.Wire;

namespace Weft.Tests.Engine;

/// <summary>Makes and checks TCP frames; the checker reads what it gets by the views alone.</summary>
internal static unsafe class TcpFrame
{
    public const uint Sequence = 0xffff_fff0;

    /// <summary>A TCP frame with a payload of running bytes and the checksum left to the receiver.</summary>
    public static byte[] Make(int payload, bool v6 = false, ushort vlan = 0, TcpFlags flags = TcpFlags.Ack, int optionBytes = 12)
    {
        IpAddress source = v6 ? new(0xfd00_0000_0000_0000, 1) : IpAddress.FromV4(0x0a14_000f);
        IpAddress target = v6 ? new(0xfd00_0000_0000_0000, 2) : IpAddress.FromV4(0x0a14_0010);
        int tcpLength = TcpView.Size + optionBytes + payload;
        byte[] frame = new byte[18 + 40 + tcpLength];
        fixed (byte* at = frame)
        {
            byte* ip = at + EthernetHeader.Write(at, new(2), new(0x5254_0000_0001), v6 ? EtherType.Ipv6 : EtherType.Ipv4, vlan);
            byte* tcp = v6
                ? ip + Ipv6Header.Write(ip, source, target, IpProtocol.Tcp, tcpLength)
                : ip + Ipv4Header.Write(ip, new Ipv4Fields(source, target, IpProtocol.Tcp, 20 + tcpLength) { Identification = 0xfffe });
            Span<byte> options = stackalloc byte[optionBytes];
            options.Fill((byte)TcpOptionKind.NoOperation);
            int headerLength = TcpHeader.Write(tcp, new TcpFields(40_000, 80, Sequence, 77) { Flags = flags, Window = 500 }, options);
            for (int i = 0; i < payload; i++)
            {
                tcp[headerLength + i] = (byte)(i * 7 + (i >> 8));
            }
            TcpHeader.LeaveChecksum(tcp, tcpLength, source, target);
            return frame[..(int)(tcp - at + tcpLength)];
        }
    }

    public static ParsedFrame Parse(byte[] frame)
    {
        fixed (byte* at = frame)
        {
            Assert.Equal(ParseResult.Ok, ParsedFrame.TryParse(at, frame.Length, frame.Length, out ParsedFrame parsed));
            return parsed;
        }
    }

    public static Offload Gso(byte[] frame, int size, byte type)
    {
        ParsedFrame parsed = Parse(frame);
        return new Offload
        {
            Flags = Offload.NeedsChecksum,
            GsoType = type,
            GsoSize = (ushort)size,
            HeaderLength = parsed.PayloadOffset,
            ChecksumStart = parsed.L4Offset,
            ChecksumOffset = TcpView.ChecksumOffset,
        };
    }

    public static Offload OpenChecksum(byte[] frame) => Gso(frame, 0, Offload.GsoNone);

    /// <summary>Header and transport checksums, read as a receiver would.</summary>
    public static void AssertChecksums(byte[] frame)
    {
        ParsedFrame parsed = Parse(frame);
        using var memory = new NativeBytes(frame);
        if (parsed.Type == EtherType.Ipv4)
        {
            Assert.True(Checksum.IsRight(Checksum.Sum(memory.At + parsed.L3Offset, parsed.L4Offset - parsed.L3Offset)));
        }
        uint pseudo = Checksum.Pseudo(parsed.Source, parsed.Destination, parsed.Protocol, parsed.L4Length);
        Assert.True(Checksum.IsRight(Checksum.Sum(memory.At + parsed.L4Offset, parsed.L4Length, pseudo)), "transport checksum");
    }

    /// <summary>Moves the frame on in its stream: its first byte is now <paramref name="bytes"/> after that of <see cref="Make"/>.</summary>
    public static void Next(byte[] frame, int bytes)
    {
        fixed (byte* at = frame)
        {
            NetworkOrder.Write32(at + Parse(frame).L4Offset + TcpView.SequenceOffset, Sequence + (uint)bytes);
        }
    }

    public static byte[] Payload(byte[] frame)
    {
        ParsedFrame parsed = Parse(frame);
        return frame[parsed.PayloadOffset..(parsed.PayloadOffset + parsed.PayloadLength)];
    }
}
