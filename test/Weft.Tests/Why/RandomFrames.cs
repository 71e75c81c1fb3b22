using Weft.Engine;
using Weft.Wire;

namespace Weft.Tests.Why;

/// <summary>Frames of guests, sound and unsound, to everywhere that a guest may write to.</summary>
internal static unsafe class RandomFrames
{
    private static readonly IpAddress[] Places =
    [
        WhyWorld.Address(1), WhyWorld.Address(1), WhyWorld.Address(3), WhyWorld.Address(15), WhyWorld.Address(16), WhyWorld.Address(99),
        WhyWorld.Address(255), IpAddress.FromV4(0x5db8_d822), IpAddress.FromV4(0x5db8_d822), IpAddress.FromV4(0xc633_6401),
        IpAddress.FromV4(0x7f00_0001), IpAddress.FromV4(0xe000_00fb), IpAddress.FromV4(uint.MaxValue), IpAddress.FromV4(0),
    ];

    private static readonly ushort[] Ports = [22, 53, 53, 80, 443, WhyWorld.ControlPort, 5000];

    /// <summary>A frame of guest <paramref name="guest"/>.</summary>
    public static byte[] Draw(Random random, int guest)
    {
        MacAddress source = random.Next(12) switch
        {
            0 => WhyWorld.Mac(15 + random.Next(6)),
            1 => WhyWorld.Mac(1000 + random.Next(5)),
            2 when random.Next(3) == 0 => WhyWorld.Mac(1),
            3 when random.Next(3) == 0 => MacAddress.Broadcast,
            _ => WhyWorld.Mac(15 + guest),
        };
        MacAddress destination = random.Next(8) switch
        {
            0 => MacAddress.Broadcast,
            1 or 2 => WhyWorld.Mac(15 + random.Next(6)),
            3 => WhyWorld.Mac(2000),
            _ => WhyWorld.Mac(1),
        };
        byte[] frame = random.Next(6) == 0 ? Arp(random, source, guest) : Packet(random, source, destination, guest);
        if (random.Next(15) == 0)
        {
            frame[random.Next(14, frame.Length)] ^= (byte)(1 << random.Next(8));
        }
        return random.Next(40) == 0 ? frame[..random.Next(1, 40)] : frame;
    }

    /// <summary>What a guest says when it comes up.</summary>
    public static byte[] Hello(int guest) => Write(at => Ethernet(at, MacAddress.Broadcast, WhyWorld.Mac(15 + guest), EtherType.Arp)
        + ArpHeader.Write(at + EthernetView.Size, ArpView.Request, (WhyWorld.Mac(15 + guest), WhyWorld.Address(15 + guest)), (default, WhyWorld.Address(250))));

    /// <summary>A SYN to nobody, from a port of its own.</summary>
    public static byte[] Syn(int guest, ushort port, IpAddress to) => Write(at =>
    {
        Ethernet(at, WhyWorld.Mac(1), WhyWorld.Mac(15 + guest), EtherType.Ipv4);
        return EthernetView.Size + V4(at + EthernetView.Size, WhyWorld.Address(15 + guest), to, IpProtocol.Tcp, 64, 0,
            l4 => Tcp(l4, port, 80, TcpFlags.Syn, WhyWorld.Address(15 + guest), to));
    });

    private static byte[] Arp(Random random, MacAddress source, int guest) => Write(at =>
    {
        IpAddress sender = random.Next(8) == 0 ? WhyWorld.Address(1) : WhyWorld.Address(15 + guest);
        Ethernet(at, MacAddress.Broadcast, source, EtherType.Arp);
        return EthernetView.Size + ArpHeader.Write(at + EthernetView.Size, random.Next(4) == 0 ? ArpView.Reply : ArpView.Request, (source, sender),
            (default, Places[random.Next(6)]));
    });

    private static byte[] Packet(Random random, MacAddress source, MacAddress destination, int guest) => Write(at =>
    {
        IpAddress from = random.Next(12) == 0 ? IpAddress.FromV4(0x0a63_0001) : WhyWorld.Address(15 + guest);
        IpAddress to = Places[random.Next(Places.Length)];
        ushort port = Ports[random.Next(Ports.Length)];
        if (random.Next(6) == 0)
        {
            (to, port) = (WhyWorld.Address(random.Next(2) == 0 ? 1 : 3), 53);
        }
        ushort own = (ushort)(40_000 + random.Next(4));
        byte timeToLive = random.Next(12) == 0 ? (byte)1 : (byte)64;
        ushort fragment = random.Next(20) == 0 ? (ushort)0x2000 : (ushort)0;
        Ethernet(at, destination, source, EtherType.Ipv4);
        byte* ip = at + EthernetView.Size;
        return EthernetView.Size + random.Next(7) switch
        {
            0 or 1 => V4(ip, from, to, IpProtocol.Udp, timeToLive, fragment, l4 => Udp(random, l4, own, port, from, to)),
            2 => V4(ip, from, to, IpProtocol.Icmp, timeToLive, fragment, l4 => Echo(random, l4)),
            3 => V4(ip, from, to, 47, timeToLive, fragment, _ => 24),
            _ => V4(ip, from, to, IpProtocol.Tcp, timeToLive, fragment, l4 => Tcp(l4, own, port, Flags(random), from, to)),
        };
    });

    private static TcpFlags Flags(Random random) => random.Next(6) switch
    {
        0 => TcpFlags.Ack,
        1 => TcpFlags.Rst,
        _ => TcpFlags.Syn,
    };

    private static int Udp(Random random, byte* at, ushort from, ushort to, IpAddress source, IpAddress destination)
    {
        byte[] payload = to != 53 || random.Next(5) == 0 ? new byte[random.Next(30)] : Query(random);
        UdpHeader.Write(at, from, to, payload.Length);
        payload.CopyTo(new Span<byte>(at + UdpView.Size, payload.Length));
        UdpHeader.Complete(at, UdpView.Size + payload.Length, source, destination);
        return UdpView.Size + payload.Length;
    }

    private static byte[] Query(Random random) => random.Next(2) == 0
        ? [1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, (byte)'a', (byte)'b', 3, (byte)'c', (byte)'o', (byte)'m', 0, 0, 1, 0, 1]
        : [1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, (byte)'a', (byte)'b', 4, .. "weft"u8, 8, .. "internal"u8, 0, 0, 1, 0, 1];

    private static int Echo(Random random, byte* at)
    {
        IcmpHeader.Write(at, random.Next(5) == 0 ? (byte)13 : IcmpView.EchoRequest, 0, (uint)(7 + random.Next(2)) << 16);
        IcmpHeader.Complete(at, 24);
        return 24;
    }

    private static int Tcp(byte* at, ushort from, ushort to, TcpFlags flags, IpAddress source, IpAddress destination)
    {
        int length = TcpHeader.Write(at, new TcpFields(from, to, 77, 0) { Flags = flags, Window = 65_535 });
        TcpHeader.Complete(at, length, source, destination);
        return length;
    }

    private delegate int Filler(byte* l4);

    private static int V4(byte* at, IpAddress from, IpAddress to, byte protocol, byte timeToLive, ushort fragment, Filler fill)
    {
        int length = Ipv4View.Size + fill(at + Ipv4View.Size);
        Ipv4Header.Write(at, new Ipv4Fields(from, to, protocol, length) { TimeToLive = timeToLive, Fragment = fragment });
        return length;
    }

    private static int Ethernet(byte* at, MacAddress to, MacAddress from, ushort type) => EthernetHeader.Write(at, to, from, type);

    private delegate int Writer(byte* at);

    private static byte[] Write(Writer writer)
    {
        byte[] room = new byte[512];
        fixed (byte* at = room)
        {
            return room[..Math.Max(60, writer(at))];
        }
    }
}
