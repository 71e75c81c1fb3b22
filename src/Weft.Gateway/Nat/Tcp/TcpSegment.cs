using System.Buffers.Binary;
using Weft.Engine;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>One segment from a guest, read once from the checked head: all that the translator decides on.</summary>
internal unsafe ref struct TcpSegment
{
    public const byte Fin = 1;
    public const byte Syn = 2;
    public const byte Rst = 4;
    public const byte Psh = 8;
    public const byte Ack = 16;

    private const int MaxSackBlocks = 4;

    public uint Seq;
    public uint AckNumber;
    public byte Flags;
    public ushort Window;

    /// <summary>Bytes of payload.</summary>
    public int Length;

    /// <summary>Offset of the payload from the frame's first byte.</summary>
    public int PayloadOffset;

    public ushort Mss;
    public int Scale;
    public bool SackPermitted;
    public bool HasTimestamps;
    public uint TsValue;
    public uint TsEcho;
    public int SackBlocks;
    public fixed uint Sack[2 * MaxSackBlocks];

    public readonly bool Is(byte flag) => (Flags & flag) != 0;

    /// <summary>Length in sequence space: SYN and FIN count one each.</summary>
    public readonly uint Space => (uint)Length + ((Flags & Syn) != 0 ? 1u : 0) + ((Flags & Fin) != 0 ? 1u : 0);

    /// <summary>Reads the segment; the caller's parse has checked that the whole TCP header lies in the head.</summary>
    public static void Read(in FrameRef frame, int tcpOffset, int payloadOffset, int payloadLength, out TcpSegment segment)
    {
        byte* tcp = frame.Head + tcpOffset;
        segment = default;
        segment.Seq = ReadU32(tcp + 4);
        segment.AckNumber = ReadU32(tcp + 8);
        segment.Flags = tcp[13];
        segment.Window = ReadU16(tcp + 14);
        segment.Length = payloadLength;
        segment.PayloadOffset = payloadOffset;
        segment.Scale = -1;
        segment.ReadOptions(tcp + 20, payloadOffset - tcpOffset - 20);
    }

    private void ReadOptions(byte* at, int length)
    {
        // The usual case in bulk transfer: NOP NOP Timestamps and nothing else (RFC 7323 appendix A).
        if (length == 12 && *(uint*)at == 0x0a08_0101)
        {
            HasTimestamps = true;
            TsValue = ReadU32(at + 4);
            TsEcho = ReadU32(at + 8);
            return;
        }
        byte* end = at + length;
        while (at < end && *at != 0)
        {
            if (*at == 1)
            {
                at++;
                continue;
            }
            if (end - at < 2 || at[1] < 2 || at[1] > end - at)
            {
                return;
            }
            ReadOption(at);
            at += at[1];
        }
    }

    private void ReadOption(byte* option)
    {
        switch (option[0], option[1])
        {
            case (2, 4):
                Mss = ReadU16(option + 2);
                break;
            case (3, 3):
                Scale = Math.Min(option[2], (byte)14);
                break;
            case (4, 2):
                SackPermitted = true;
                break;
            case (8, 10):
                HasTimestamps = true;
                TsValue = ReadU32(option + 2);
                TsEcho = ReadU32(option + 6);
                break;
            case (5, var size):
                SackBlocks = Math.Min((size - 2) / 8, MaxSackBlocks);
                for (int i = 0; i < 2 * SackBlocks; i++)
                {
                    Sack[i] = ReadU32(option + 2 + 4 * i);
                }
                break;
        }
    }

    private static uint ReadU32(byte* at) => BinaryPrimitives.ReverseEndianness(*(uint*)at);

    private static ushort ReadU16(byte* at) => BinaryPrimitives.ReverseEndianness(*(ushort*)at);
}
