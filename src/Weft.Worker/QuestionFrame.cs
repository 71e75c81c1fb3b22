using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Wire;

namespace Weft.Worker;

/// <summary>A frame as a guest would send it, in memory of its own, to ask about. It is never sent.</summary>
internal sealed unsafe class QuestionFrame : IDisposable
{
    private const int Size = 256;

    /// <summary>A port that clients use; which one is of no matter.</summary>
    private const ushort ClientPort = 49_377;
    private const ushort DnsPort = 53;

    private readonly byte* _memory = (byte*)NativeMemory.AllocZeroed(FrameRef.Headroom + Size);
    private FrameRef _frame;

    public ref readonly FrameRef Frame => ref _frame;

    private byte* Head => _memory + FrameRef.Headroom;

    private byte* L3 => Head + EthernetView.Size;

    /// <summary>"Example.com, A?": a name that no network of ours has.</summary>
    private static ReadOnlySpan<byte> Query =>
        "\u0012\u0034\u0001\0\0\u0001\0\0\0\0\0\0\u0007example\u0003com\0\0\u0001\0\u0001"u8;

    public void WriteArp((MacAddress Mac, IpAddress Ip) sender, IpAddress wanted)
    {
        int length = EthernetHeader.Write(Head, MacAddress.Broadcast, sender.Mac, EtherType.Arp);
        Finish(length + ArpHeader.Write(L3, ArpView.Request, sender, (default, wanted)));
    }

    public void WritePacket((MacAddress From, MacAddress To) macs, HostEnd sender, HostEnd to, byte protocol)
    {
        EthernetHeader.Write(Head, macs.To, macs.From, EtherType.Ipv4);
        sender = sender.Port == 0 ? sender with { Port = ClientPort } : sender;
        byte* at = L3 + Ipv4View.Size;
        int length = protocol switch
        {
            IpProtocol.Tcp => WriteSyn(at, sender, to),
            IpProtocol.Udp => WriteDatagram(at, sender, to),
            _ => WriteEcho(at),
        };
        int packet = Ipv4Header.Write(L3, new Ipv4Fields(sender.Address, to.Address, protocol, Ipv4View.Size + length) { TimeToLive = 64 });
        Finish(EthernetView.Size + packet + length);
    }

    public void Dispose() => NativeMemory.Free(_memory);

    private static int WriteSyn(byte* at, HostEnd from, HostEnd to)
    {
        int length = TcpHeader.Write(at, new TcpFields(from.Port, to.Port, 1, 0) { Flags = TcpFlags.Syn, Window = ushort.MaxValue });
        TcpHeader.Complete(at, length, from.Address, to.Address);
        return length;
    }

    private static int WriteDatagram(byte* at, HostEnd from, HostEnd to)
    {
        ReadOnlySpan<byte> payload = to.Port == DnsPort ? Query : [];
        UdpHeader.Write(at, from.Port, to.Port, payload.Length);
        payload.CopyTo(new Span<byte>(at + UdpView.Size, payload.Length));
        UdpHeader.Complete(at, UdpView.Size + payload.Length, from.Address, to.Address);
        return UdpView.Size + payload.Length;
    }

    private static int WriteEcho(byte* at)
    {
        int length = IcmpHeader.Write(at, IcmpView.EchoRequest, 0, (uint)ClientPort << 16);
        IcmpHeader.Complete(at, length);
        return length;
    }

    private void Finish(int length)
    {
        length = Math.Max(length, 60);
        _frame = new FrameRef { Head = Head, HeadLength = length, Length = length };
    }
}
