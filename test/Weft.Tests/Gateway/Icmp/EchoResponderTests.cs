using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Gateway.Icmp;
using Weft.Wire;
using static Weft.Tests.Gateway.TestNetwork;

namespace Weft.Tests.Gateway.Icmp;

public sealed unsafe class EchoResponderTests
{
    private static readonly IpAddress Guest = Ip("10.20.0.9");

    /// <summary>Every payload length, cut into a head and runs of odd sizes.</summary>
    [Fact]
    public void Any_payload_in_any_runs_comes_back_with_a_right_checksum()
    {
        for (int payload = 0; payload <= 1472; payload += payload < 300 ? 1 : 97)
        {
            byte[] request = Request(payload);
            foreach (int cut in (int[])[request.Length, 60, 101])
            {
                (DropReason reason, byte[] reply) = Reply(request, Math.Min(cut, request.Length), 83, default);
                Assert.Equal(DropReason.None, reason);
                CheckReply(reply, request);
            }
        }
    }

    [Fact]
    public void An_open_checksum_is_completed()
    {
        byte[] request = Request(100);
        request[14 + 20 + 2] = 0;
        request[14 + 20 + 3] = 0;
        (DropReason reason, byte[] reply) = Reply(request, request.Length, 50, new Offload { Flags = Offload.NeedsChecksum, ChecksumStart = 34, ChecksumOffset = 2 });
        Assert.Equal(DropReason.None, reason);
        CheckReply(reply, request);
    }

    [Theory]
    [InlineData(14 + 20 + 2, 1, DropReason.BadChecksum)]
    [InlineData(14 + 20 + 30, 1, DropReason.BadChecksum)]
    [InlineData(14 + 20, 8, DropReason.ProtocolUnsupported)]
    [InlineData(14 + 6, 0x20, DropReason.Fragment)]
    [InlineData(14 + 9, 0x40, DropReason.ProtocolUnsupported)]
    [InlineData(14 + 12, 0xe0 ^ 10, DropReason.BadHeader)]
    public void What_is_no_right_echo_request_is_dropped_by_name(int at, byte flip, DropReason expected)
    {
        byte[] request = Request(64);
        request[at] ^= flip;
        Assert.Equal(expected, Reply(request, request.Length, 50, default).Reason);
    }

    private static (DropReason Reason, byte[] Reply) Reply(byte[] request, int headLength, int runLength, Offload offload)
    {
        byte* bytes = (byte*)NativeMemory.Alloc((nuint)request.Length);
        IoVec* runs = stackalloc IoVec[Burst.RunsPerFrame];
        request.CopyTo(new Span<byte>(bytes, request.Length));
        int count = 0;
        for (int at = headLength; at < request.Length; at += runLength)
        {
            runs[count++] = new IoVec(bytes + at, (nuint)Math.Min(runLength, request.Length - at));
        }
        var frame = new FrameRef { Head = bytes, HeadLength = headLength, Rest = runs, RestCount = count, Length = request.Length, Offload = offload };
        Assert.Equal(ParseResult.Ok, ParsedFrame.TryParse(bytes, headLength, request.Length, out ParsedFrame parsed));
        byte[] reply = new byte[EchoResponder.ReplyLength(in parsed)];
        DropReason reason;
        fixed (byte* to = reply)
        {
            reason = EchoResponder.Write(in frame, in parsed, to);
        }
        NativeMemory.Free(bytes);
        return (reason, reply);
    }

    private static void CheckReply(byte[] reply, byte[] request)
    {
        Assert.True(Ipv4View.TryParse(reply, out Ipv4View ip));
        Assert.True(ip.HeaderChecksumIsRight);
        Assert.Equal((Facts.Gateway, Guest), (ip.Source, ip.Destination));
        Assert.True(Checksum.IsRight(Checksum.Sum(ip.Payload)));
        Assert.Equal(0, ip.Payload[0]);
        Assert.Equal(request[(14 + 20 + 4)..], ip.Payload[4..].ToArray());
    }

    private static byte[] Request(int payload)
    {
        byte[] frame = new byte[14 + 20 + 8 + payload];
        new Random(payload).NextBytes(frame);
        fixed (byte* at = frame)
        {
            EthernetHeader.Write(at, GatewayMac, Mac("52:54:00:00:00:0a"), EtherType.Ipv4);
            Ipv4Header.Write(at + 14, new Ipv4Fields(Guest, Facts.Gateway, IpProtocol.Icmp, 28 + payload));
            IcmpHeader.Write(at + 34, IcmpView.EchoRequest, 0, 0x12340001);
            IcmpHeader.Complete(at + 34, 8 + payload);
        }
        return frame;
    }
}
