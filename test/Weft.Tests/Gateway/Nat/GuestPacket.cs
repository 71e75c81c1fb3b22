using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat;

/// <summary>Frames as a guest sends them, in native memory: head as a burst has it, the rest in two runs of odd length.</summary>
internal sealed unsafe class GuestPacket : IDisposable
{
    private const int Ethernet = 14;

    private readonly byte* _memory = (byte*)NativeMemory.AllocZeroed(70_000);
    private readonly IoVec* _runs = (IoVec*)NativeMemory.AllocZeroed(2, (nuint)sizeof(IoVec));
    private FrameRef _frame;

    public delegate void Taker(in FrameRef frame, in ParsedFrame packet);

    public byte* L3 => _memory + FrameRef.Headroom + Ethernet;

    public void Udp(HostEnd from, HostEnd to, ReadOnlySpan<byte> payload, byte timeToLive = 64)
    {
        byte* udp = L3 + Ipv4View.Size;
        int length = UdpHeader.Write(udp, from.Port, to.Port, payload.Length) + payload.Length;
        payload.CopyTo(new Span<byte>(udp + UdpView.Size, payload.Length));
        UdpHeader.Complete(udp, length, from.Address, to.Address);
        Finish(from.Address, to.Address, IpProtocol.Udp, length, timeToLive);
    }

    public void Echo(IpAddress from, IpAddress to, ushort identifier, ushort sequence, ReadOnlySpan<byte> payload, byte timeToLive = 64)
    {
        byte* icmp = L3 + Ipv4View.Size;
        int length = IcmpHeader.Write(icmp, IcmpView.EchoRequest, 0, (uint)identifier << 16 | sequence) + payload.Length;
        payload.CopyTo(new Span<byte>(icmp + IcmpView.Size, payload.Length));
        IcmpHeader.Complete(icmp, length);
        Finish(from, to, IpProtocol.Icmp, length, timeToLive);
    }

    public void Give(Taker taker)
    {
        // No Assert here: it allocates, and tests of allocation come by.
        if (ParsedFrame.TryParse(_frame.Head, _frame.HeadLength, _frame.Length, out ParsedFrame packet) != ParseResult.Ok)
        {
            throw new InvalidOperationException("the test's own frame is malformed");
        }
        taker(in _frame, in packet);
    }

    public void SetOffload(Offload offload) => _frame.Offload = offload;

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        NativeMemory.Free(_runs);
    }

    private void Finish(IpAddress from, IpAddress to, byte protocol, int length, byte timeToLive)
    {
        Ipv4Header.Write(L3, new Ipv4Fields(from, to, protocol, Ipv4View.Size + length) { TimeToLive = timeToLive });
        EthernetHeader.Write(L3 - Ethernet, new MacAddress(0x5254_0000_0001), new MacAddress(0x5254_0000_0002), EtherType.Ipv4, 0);
        int total = Ethernet + Ipv4View.Size + length;
        int head = Math.Min(total, Burst.HeadSize);
        int first = (total - head) / 3 | 1;
        _frame = new FrameRef { Head = L3 - Ethernet, HeadLength = head, Length = total, Rest = _runs };
        if (total > head)
        {
            first = Math.Min(first, total - head);
            _runs[0] = new IoVec(_frame.Head + head, (nuint)first);
            _runs[1] = new IoVec(_frame.Head + head + first, (nuint)(total - head - first));
            _frame.RestCount = 2;
        }
    }
}
