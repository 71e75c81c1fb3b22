using System.Buffers.Binary;

namespace Weft.Engine;

/// <summary>The length of an Ethernet frame as its own network header tells it, for a frame whose length nobody wrote down.</summary>
internal static unsafe class FrameLength
{
    private const int EthernetSize = 14;
    private const int TagSize = 4;
    private const int MaxTags = 2;
    private const int ArpSize = 28;
    private const int V6HeaderSize = 40;

    /// <summary>Bytes of the frame without padding; 0 when its kind has no length. At least 64 bytes lie at <paramref name="frame"/>.</summary>
    public static int Find(byte* frame, int room)
    {
        int at = EthernetSize - 2;
        ushort kind = Word(frame + at);
        for (int tags = 0; kind is 0x8100 or 0x88a8 && tags < MaxTags; tags++)
        {
            at += TagSize;
            kind = Word(frame + at);
        }
        byte* network = frame + at + 2;
        int before = at + 2;
        if (before + V6HeaderSize > room)
        {
            return 0;
        }
        return kind switch
        {
            0x0800 when network[0] >> 4 == 4 && Word(network + 2) >= 20 => before + Word(network + 2),
            0x86dd when network[0] >> 4 == 6 => before + V6HeaderSize + Word(network + 4),
            0x0806 => before + ArpSize,
            _ => 0,
        };
    }

    private static ushort Word(byte* at) => BinaryPrimitives.ReverseEndianness(*(ushort*)at);
}
