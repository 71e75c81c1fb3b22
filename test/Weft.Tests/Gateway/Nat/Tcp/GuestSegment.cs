using System.Buffers.Binary;
using Weft.Engine;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>One TCP segment as the guest's own stack sees it: written and read without the code under test.</summary>
internal sealed record GuestSegment
{
    public const byte Fin = 1, Syn = 2, Rst = 4, Psh = 8, Ack = 16;

    public HostEnd From { get; init; }

    public HostEnd To { get; init; }

    public uint Seq { get; init; }

    public uint AckNumber { get; init; }

    public byte Flags { get; init; }

    public ushort Window { get; init; }

    /// <summary>0 = absent.</summary>
    public ushort Mss { get; init; }

    /// <summary>−1 = absent.</summary>
    public int Scale { get; init; } = -1;

    public bool SackPermitted { get; init; }

    public (uint Value, uint Echo)? Timestamps { get; init; }

    public (uint From, uint To)[] Sack { get; init; } = [];

    public byte[] Payload { get; init; } = [];

    public bool Is(byte flag) => (Flags & flag) != 0;

    public uint Space => (uint)Payload.Length + (Is(Syn) ? 1u : 0) + (Is(Fin) ? 1u : 0);

    public uint End => Seq + Space;

    /// <summary>An Ethernet frame of it toward the gateway.</summary>
    public unsafe byte[] ToFrame()
    {
        byte[] options = Options();
        int l3Length = 20 + 20 + options.Length + Payload.Length;
        byte[] frame = new byte[14 + l3Length];
        Span<byte> ip = frame.AsSpan(14);
        Span<byte> tcp = ip[20..];
        frame[12] = 8;
        BinaryPrimitives.WriteUInt16BigEndian(tcp, From.Port);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], To.Port);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], Seq);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], AckNumber);
        tcp[12] = (byte)((20 + options.Length) / 4 << 4);
        tcp[13] = Flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], Window);
        options.CopyTo(tcp[20..]);
        Payload.CopyTo(tcp[(20 + options.Length)..]);
        fixed (byte* start = ip)
        {
            Ipv4Header.Write(start, new Ipv4Fields(From.Address, To.Address, IpProtocol.Tcp, l3Length));
        }
        return frame;
    }

    /// <summary>Reads an IP packet of the gateway.</summary>
    public static GuestSegment Parse(ReadOnlySpan<byte> packet)
    {
        Assert.Equal(0x45, packet[0]);
        Assert.Equal(packet.Length, BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
        ReadOnlySpan<byte> tcp = packet[20..];
        int header = tcp[12] >> 4 << 2;
        var segment = new GuestSegment
        {
            From = new HostEnd(IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(packet[12..])), BinaryPrimitives.ReadUInt16BigEndian(tcp)),
            To = new HostEnd(IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(packet[16..])), BinaryPrimitives.ReadUInt16BigEndian(tcp[2..])),
            Seq = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]),
            AckNumber = BinaryPrimitives.ReadUInt32BigEndian(tcp[8..]),
            Flags = tcp[13],
            Window = BinaryPrimitives.ReadUInt16BigEndian(tcp[14..]),
            Payload = tcp[header..].ToArray(),
        };
        return segment.WithOptions(tcp[20..header]);
    }

    /// <summary>The pieces that a receiver without segmentation offload gets.</summary>
    public IEnumerable<GuestSegment> Cut(int most)
    {
        if (Payload.Length <= most)
        {
            yield return this;
            yield break;
        }
        for (int at = 0; at < Payload.Length; at += most)
        {
            bool last = at + most >= Payload.Length;
            yield return this with
            {
                Seq = Seq + (uint)at,
                Flags = last ? Flags : (byte)(Flags & ~(Fin | Psh)),
                Payload = Payload[at..Math.Min(Payload.Length, at + most)],
            };
        }
    }

    private GuestSegment WithOptions(ReadOnlySpan<byte> options)
    {
        GuestSegment result = this;
        for (int at = 0; at < options.Length && options[at] != 0; at += options[at] == 1 ? 1 : options[at + 1])
        {
            ReadOnlySpan<byte> value = options[at] == 1 ? default : options[(at + 2)..(at + options[at + 1])];
            result = options[at] switch
            {
                2 => result with { Mss = BinaryPrimitives.ReadUInt16BigEndian(value) },
                3 => result with { Scale = value[0] },
                4 => result with { SackPermitted = true },
                5 => result with { Sack = ReadSack(value) },
                8 => result with { Timestamps = (BinaryPrimitives.ReadUInt32BigEndian(value), BinaryPrimitives.ReadUInt32BigEndian(value[4..])) },
                _ => result,
            };
        }
        return result;
    }

    private static (uint From, uint To)[] ReadSack(ReadOnlySpan<byte> value)
    {
        var blocks = new (uint From, uint To)[value.Length / 8];
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] = (BinaryPrimitives.ReadUInt32BigEndian(value[(8 * i)..]), BinaryPrimitives.ReadUInt32BigEndian(value[(8 * i + 4)..]));
        }
        return blocks;
    }

    private byte[] Options()
    {
        var bytes = new List<byte>();
        if (Mss != 0)
        {
            bytes.AddRange([2, 4, (byte)(Mss >> 8), (byte)Mss]);
        }
        if (SackPermitted)
        {
            bytes.AddRange([4, 2]);
        }
        if (Timestamps is { } stamps)
        {
            bytes.AddRange(Is(Syn) ? [8, 10] : [1, 1, 8, 10]);
            AddBig(bytes, stamps.Value);
            AddBig(bytes, stamps.Echo);
        }
        if (Scale >= 0)
        {
            bytes.AddRange([1, 3, 3, (byte)Scale]);
        }
        if (Sack.Length > 0)
        {
            bytes.AddRange([1, 1, 5, (byte)(2 + 8 * Sack.Length)]);
            foreach ((uint from, uint to) in Sack)
            {
                AddBig(bytes, from);
                AddBig(bytes, to);
            }
        }
        while (bytes.Count % 4 != 0)
        {
            bytes.Add(0);
        }
        return [.. bytes];
    }

    private static void AddBig(List<byte> bytes, uint value) =>
        bytes.AddRange([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
}
