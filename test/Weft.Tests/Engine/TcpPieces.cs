using Weft.Engine;
using Weft.Tests.Wire;
using Weft.Wire;

namespace Weft.Tests.Engine;

/// <summary>Segments cut by <see cref="OffloadFixup"/>, and what a test changes in them; sums are made right again unless it says no.</summary>
internal static unsafe class TcpPieces
{
    public static readonly EndpointCaps Plain = new(1600, EndpointOffloads.None);

    public static List<byte[]> Cut(byte[] whole, int size)
    {
        byte type = TcpFrame.Parse(whole).Type == EtherType.Ipv6 ? Offload.GsoTcpV6 : Offload.GsoTcpV4;
        return Mend([(whole, TcpFrame.Gso(whole, size, type))]);
    }

    /// <summary>The frames as a receiver without any offload gets them.</summary>
    public static List<byte[]> Mend(IEnumerable<(byte[] Bytes, Offload Offload)> frames)
    {
        using var fixup = new OffloadFixup();
        using var counters = new CounterMemory();
        using var burst = new Burst();
        var source = new FakeEndpoint();
        var target = new FakeEndpoint { Caps = Plain };
        foreach ((byte[] bytes, Offload offload) in frames)
        {
            source.Queue(bytes, offload);
        }
        for (bool more = true; more; source.Release(burst))
        {
            burst.Clear();
            more = source.Poll(burst);
            fixup.Deliver(target, burst.Frames, counters.At);
        }
        Assert.Equal(0UL, counters.TotalDrops);
        return [.. target.Delivered.Select(frame => frame.Bytes)];
    }

    /// <summary>Makes both checksums right for what the frame holds now.</summary>
    public static byte[] Completed(byte[] frame)
    {
        ParsedFrame parsed = TcpFrame.Parse(frame);
        fixed (byte* at = frame)
        {
            if (parsed.Type == EtherType.Ipv4)
            {
                Ipv4Header.Complete(at + parsed.L3Offset, parsed.L4Offset - parsed.L3Offset);
            }
            TcpHeader.Complete(at + parsed.L4Offset, parsed.L4Length, parsed.Source, parsed.Destination);
        }
        return frame;
    }

    /// <summary>A copy with one byte changed at an offset from the IP header, sums right.</summary>
    public static byte[] WithIp(byte[] frame, int offset, byte change) => Changed(frame, TcpFrame.Parse(frame).L3Offset + offset, change);

    /// <summary>A copy with one byte changed at an offset from the TCP header, sums right.</summary>
    public static byte[] WithTcp(byte[] frame, int offset, byte change) => Changed(frame, TcpFrame.Parse(frame).L4Offset + offset, change);

    private static byte[] Changed(byte[] frame, int at, byte change)
    {
        byte[] copy = [.. frame];
        copy[at] ^= change;
        return Completed(copy);
    }
}
