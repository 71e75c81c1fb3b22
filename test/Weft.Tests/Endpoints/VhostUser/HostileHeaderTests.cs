using Weft.Engine;
using Weft.Tests.Engine;
using Weft.Wire;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Lies in the header in front of a frame: what it asks for is not what the frame is.</summary>
public sealed class HostileHeaderTests : HostileGuest
{
    private const byte Needs = Offload.NeedsChecksum;

    private static readonly DropReason[] s_bad = [DropReason.BadOffload];

    public static TheoryData<string, Offload> Lies
    {
        get
        {
            Offload honest = TcpFrame.Gso(TcpFrame.Make(3000), 1448, Offload.GsoTcpV4);
            TheoryData<string, Offload> data = [];
            void Add(string lie, Offload offload) => data.Add(lie, offload);

            Add("segments of nothing", honest with { GsoSize = 0 });
            Add("an unknown type", honest with { GsoType = 2 });
            Add("another unknown type", honest with { GsoType = 0x7f });
            Add("UDP fragments, not offered", honest with { GsoType = Offload.GsoUdp });
            Add("UDP segments, not offered", honest with { GsoType = Offload.GsoUdpL4 });
            Add("ECN of nothing", honest with { GsoType = Offload.GsoEcn | 2 });
            Add("headers longer than the frame", honest with { HeaderLength = 60_000 });
            Add("a checksum behind the end", honest with { ChecksumStart = 60_000 });
            Add("a checksum field behind the end", honest with { ChecksumOffset = 60_000 });
            Add("a checksum field across the end", honest with { ChecksumStart = 3000, ChecksumOffset = 65 });
            Add("sums that wrap", honest with { ChecksumStart = 0xffff, ChecksumOffset = 0xffff });
            Add("a checksum over the Ethernet header", honest with { ChecksumStart = 0 });
            Add("segments without a checksum", honest with { Flags = 0 });
            Add("a plain frame's checksum behind the end", new Offload { Flags = Needs, ChecksumStart = 4000, ChecksumOffset = 6 });
            Add("a plain frame's checksum in the Ethernet header", new Offload { Flags = Needs, ChecksumStart = 6, ChecksumOffset = 2 });
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_header_that_cannot_be_drops_its_frame(string lie, Offload offload)
    {
        Assert.NotEmpty(lie);
        foreach (ChainLayout layout in Enum.GetValues<ChainLayout>())
        {
            Drops(TcpFrame.Make(3000), offload, layout);
        }
    }

    [Theory]
    [InlineData("ARP")]
    [InlineData("UDP")]
    [InlineData("IPv6")]
    [InlineData("IPv4 as IPv6")]
    public void Segmentation_of_what_is_no_such_segment_drops_its_frame(string what)
    {
        (byte[] frame, Offload offload) = NoSegment(what);
        Drops(frame, offload, ChainLayout.OneDescriptor);
    }

    [Theory]
    [InlineData("ARP")]
    [InlineData("UDP")]
    [InlineData("IPv6")]
    [InlineData("IPv4 as IPv6")]
    [InlineData("fragment")]
    [InlineData("SYN")]
    public void And_never_reaches_a_guest_that_takes_it_cut(string what)
    {
        (byte[] frame, Offload offload) = NoSegment(what);
        using VhostRig rig = new(Honest with { Features = DeviceFeatures.Usual & ~DeviceFeatures.Offloads });
        rig.Main.Deliver(frame, offload);
        Assert.Null(rig.PeerReceives());
        Assert.Equal(1UL, rig.Drops(DropReason.BadOffload));
        rig.Main.AssertCarriesFrames();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(0xffff)]
    public void A_count_of_buffers_means_nothing_on_the_way_out(int count)
    {
        using VhostRig rig = Begun(Honest);
        byte[] frame = EndpointContract.Frame(1, 200);
        rig.Driver.Transmit[0].Send(frame, new NetHeader(default, (ushort)count));
        rig.Turns(3);
        Assert.Equal(frame, Assert.Single(rig.Forwarder.Frames));
        Recovers(rig);
    }

    [Fact]
    public void A_guest_cannot_vouch_for_checksums_nor_use_flags_that_nobody_knows()
    {
        using VhostRig rig = Begun(Honest);
        Offload seen = default;
        rig.Forwarder.DuringTurn = burst => seen = burst[0].Offload;
        rig.Driver.Transmit[0].Send(EndpointContract.Frame(1, 200), new NetHeader(new Offload { Flags = 0xfe }));
        rig.Turns(3);
        Assert.True(rig.Forwarder.Frames.Count == 0 || seen.Flags == 0, $"flags {seen.Flags:x}");
        Recovers(rig);
    }

    private static (byte[] Frame, Offload Offload) NoSegment(string what)
    {
        byte[] frame = TcpFrame.Make(3000, v6: what == "IPv6", flags: what == "SYN" ? TcpFlags.Syn : TcpFlags.Ack);
        Offload offload = TcpFrame.Gso(frame, 1448, what == "IPv4 as IPv6" ? Offload.GsoTcpV6 : Offload.GsoTcpV4);
        if (what is "ARP" or "UDP" or "fragment")
        {
            (int at, byte value) = what switch { "ARP" => (13, (byte)0x06), "UDP" => (23, (byte)17), _ => (20, (byte)0x20) };
            frame[at] = value;
        }
        return (frame, offload);
    }

    private static void Drops(byte[] frame, Offload offload, ChainLayout layout) =>
        LiesOut(driver => Assert.True(driver.Transmit[0].Publish(frame, new NetHeader(offload), layout)), s_bad);
}
