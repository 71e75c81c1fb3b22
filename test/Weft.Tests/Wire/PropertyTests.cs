using Weft.Wire;

namespace Weft.Tests.Wire;

/// <summary>Whatever bytes come: no view throws, and what was parsed lies within the bytes.</summary>
public sealed unsafe class PropertyTests
{
    private const int Rounds = 100_000;

    private static readonly byte[][] Seeds = [.. GoldenFrames.All.Select(Convert.FromHexString)];

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(4);
        using var memory = new NativeBytes(256);
        for (int round = 0; round < Rounds; round++)
        {
            int length = random.Next(257);
            random.NextBytes(memory.Span[..length]);
            Touch(memory.Span[..length]);
        }
    }

    [Fact]
    public void Mutated_frames_never_throw_and_stay_in_bounds()
    {
        var random = new Random(5);
        using var memory = new NativeBytes(256);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] seed = Seeds[random.Next(Seeds.Length)];
            seed.CopyTo(memory.Span);
            int length = random.Next(4) == 0 ? random.Next(seed.Length + 1) : seed.Length;
            for (int i = random.Next(6); i > 0; i--)
            {
                memory.Span[random.Next(seed.Length)] = (byte)random.Next(256);
            }
            Touch(memory.Span[..length]);
            CheckParsed(memory.At, length, length + random.Next(3) * random.Next(70_000));
        }
    }

    [Fact]
    public void Random_options_end_and_never_throw()
    {
        var random = new Random(6);
        byte[] options = new byte[40];
        for (int round = 0; round < Rounds; round++)
        {
            random.NextBytes(options);
            for (int i = 0; i < 40; i++)
            {
                options[i] = random.Next(2) == 0 ? (byte)(options[i] % 12) : options[i];
            }
            TcpOptions parsed = TcpOptions.Parse(options.AsSpan(0, random.Next(41)));
            Assert.InRange(parsed.SackCount, 0, SackBlocks.Capacity);
            Assert.InRange(parsed.WindowScale, 0, 14);
        }
    }

    private static void CheckParsed(byte* head, int headLength, int frameLength)
    {
        if (ParsedFrame.TryParse(head, headLength, frameLength, out ParsedFrame parsed) != ParseResult.Ok)
        {
            return;
        }
        Assert.InRange(parsed.L4Offset, parsed.L3Offset, headLength);
        Assert.InRange(parsed.PayloadOffset, parsed.L4Offset, headLength);
        Assert.InRange(parsed.PayloadLength, 0, frameLength - parsed.PayloadOffset);
        Assert.InRange(parsed.L3Length, parsed.L4Offset - parsed.L3Offset, frameLength - parsed.L3Offset);
    }

    private static void Touch(ReadOnlySpan<byte> frame)
    {
        if (EthernetView.TryParse(frame, out EthernetView ethernet))
        {
            _ = (ethernet.Destination, ethernet.Source, ethernet.Type, ethernet.Vlan, ethernet.InnerVlan);
            TouchNetwork(ethernet.Payload);
        }
        TouchNetwork(frame);
        TouchTransport(frame);
    }

    private static void TouchNetwork(ReadOnlySpan<byte> bytes)
    {
        if (ArpView.TryParse(bytes, out ArpView arp))
        {
            _ = (arp.Operation, arp.SenderIp, arp.SenderMac, arp.TargetIp, arp.TargetMac);
        }
        if (Ipv4View.TryParse(bytes, out Ipv4View four))
        {
            _ = (four.Source, four.Destination, four.TotalLength, four.FragmentStart, four.HeaderChecksumIsRight, four.TimeToLive, four.Service);
            _ = four.Options.Length;
            TouchTransport(four.Payload);
        }
        if (Ipv6View.TryParse(bytes, out Ipv6View six))
        {
            _ = (six.Source, six.Destination, six.NextHeader, six.HopLimit, six.PayloadLength);
            TouchTransport(six.Payload);
        }
    }

    private static void TouchTransport(ReadOnlySpan<byte> bytes)
    {
        if (TcpView.TryParse(bytes, out TcpView tcp))
        {
            _ = (tcp.SourcePort, tcp.DestinationPort, tcp.Sequence, tcp.Acknowledgment, tcp.Window, tcp.UrgentPointer, tcp.Options);
            _ = tcp.Payload.Length;
            foreach (TcpOptionEnumerator option in tcp)
            {
                _ = (option.Kind, option.Value.Length);
            }
        }
        if (UdpView.TryParse(bytes, out UdpView udp))
        {
            _ = (udp.SourcePort, udp.DestinationPort, udp.ChecksumField, udp.Payload.Length);
        }
        if (IcmpView.TryParse(bytes, out IcmpView icmp))
        {
            _ = (icmp.Type, icmp.Code, icmp.Identifier, icmp.Sequence, icmp.RestOfHeader, icmp.Payload.Length);
        }
    }
}
