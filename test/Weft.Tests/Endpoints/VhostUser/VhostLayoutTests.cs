using Weft.Engine;
using Weft.Wire;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>However a driver lays frames into descriptors, their bytes and offload headers pass unchanged, both ways.</summary>
public sealed class VhostLayoutTests
{
    private static readonly int[] s_lengths =
        [14, 15, 59, 60, 61, 127, 128, 179, 180, 181, 191, 192, 193, 194, 500, 1514, 2035, 2036, 2037, 4096, 9014, 40_000, 65_535, 65_536, 65_549];

    public static TheoryData<ChainLayout> Layouts => [.. Enum.GetValues<ChainLayout>()];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Frames_of_every_length_leave_the_guest_unchanged(ChainLayout layout)
    {
        using VhostRig rig = new();
        for (int i = 0; i < s_lengths.Length; i++)
        {
            byte[] frame = Frame(i, s_lengths[i]);
            Assert.True(rig.Driver.Transmit[0].Send(frame, default, layout));
            rig.Turns(3);
            Assert.Equal(i + 1, rig.Forwarder.Frames.Count);
            Assert.Equal(frame, rig.Forwarder.Frames[i]);
        }
        rig.Driver.Transmit[0].Reclaim();
        Assert.Equal(0, rig.Driver.Transmit[0].Ring.BuffersOnTheirWay);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Frames_of_every_length_reach_mergeable_buffers_unchanged(ChainLayout layout) =>
        EnterGuest(new DriverOptions { BufferLayout = layout, Buffers = 1024, BufferSize = 1000, RingSize = 8192 });

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Frames_of_every_length_reach_buffers_that_are_never_merged(ChainLayout layout) => EnterGuest(new DriverOptions
    {
        Features = DeviceFeatures.Usual & ~DeviceFeatures.MergeableBuffers,
        BufferLayout = layout,
        Buffers = 20,
        BufferSize = 65_570,
        RingSize = 1024,
    });

    [Theory]
    [InlineData(13)]
    [InlineData(60)]
    [InlineData(128)]
    [InlineData(1526)]
    [InlineData(65_561)]
    public void Merged_buffers_may_be_of_any_size(int bufferSize) =>
        EnterGuest(new DriverOptions { BufferSize = bufferSize, Buffers = bufferSize > 2048 ? 64 : 16_384, RingSize = 16_384, Memory = [(0x4000_0000, 64 << 20)] });

    [Fact]
    public void A_driver_from_before_1_0_has_a_shorter_header()
    {
        DriverOptions options = new()
        {
            Features = DeviceFeatures.Usual & ~(DeviceFeatures.Version1 | DeviceFeatures.MergeableBuffers),
            BufferLayout = ChainLayout.HeaderApart,
            Buffers = 60,
        };
        using VhostRig rig = new(options);
        byte[] frame = Frame(1, 1514);
        rig.Driver.Transmit[0].Send(frame, default, ChainLayout.HeaderApart);
        rig.Turns(2);
        Assert.Equal(frame, Assert.Single(rig.Forwarder.Frames));
        rig.Deliver(frame);
        Assert.Equal(frame, rig.PeerReceives());
    }

    [Theory]
    [InlineData(DeviceFeatures.Usual)]
    [InlineData(DeviceFeatures.Usual & ~DeviceFeatures.MergeableBuffers)]
    public void A_frame_that_no_buffer_holds_is_dropped_and_the_buffer_stays(DeviceFeatures features)
    {
        using VhostRig rig = new(new DriverOptions { Features = features, Buffers = 4, BufferSize = 1000 });
        rig.Deliver(Frame(1, 5000));
        Assert.Equal(1UL, rig.Drops(DropReason.Oversized) + rig.Drops(DropReason.PortFull));
        Assert.Null(rig.PeerReceives());
        for (int i = 0; i < 4; i++)
        {
            rig.Deliver(Frame(i, 700));
        }
        Assert.Equal([0, 1, 2, 3], Enumerable.Range(0, 4).Select(_ => EndpointContract.NumberOf(rig.PeerReceives()!)));
    }

    [Theory]
    [InlineData(19)]
    [InlineData(20)]
    [InlineData(64)]
    [InlineData(250)]
    public void A_frame_in_very_many_pieces_comes_whole_or_is_counted(int pieces)
    {
        using VhostRig rig = new();
        byte[] frame = Frame(1, 14 + pieces * 30);
        byte[] bytes = [.. default(NetHeader).ToBytes(), .. frame];
        int each = bytes.Length / pieces;
        List<int> cuts = [.. Enumerable.Repeat(each, pieces - 1), bytes.Length - each * (pieces - 1)];
        Assert.True(rig.Driver.Transmit[0].AddBytes(bytes, cuts, indirect: false));
        rig.Driver.Transmit[0].Ring.Publish();
        rig.Driver.Transmit[0].Ring.KickIfWanted();
        rig.Turns(2);
        Assert.Equal(1UL, (ulong)rig.Forwarder.Frames.Count + rig.Drops(DropReason.Oversized));
        Assert.All(rig.Forwarder.Frames, got => Assert.Equal(frame, got));
        Assert.Equal(1, rig.Driver.Transmit[0].Reclaim());
        rig.Main.AssertCarriesFrames();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Offload_headers_pass_both_ways(bool v6)
    {
        byte[] frame = Engine.TcpFrame.Make(20_000, v6);
        Offload offload = Engine.TcpFrame.Gso(frame, 1448, v6 ? Offload.GsoTcpV6 : Offload.GsoTcpV4);
        using VhostRig rig = new();
        Offload seen = default;
        rig.Forwarder.DuringTurn = burst => seen = burst[0].Offload;
        rig.Driver.Transmit[0].Send(frame, new NetHeader(offload), ChainLayout.HeadAndPages);
        rig.Turns(2);
        Assert.Equal(frame, Assert.Single(rig.Forwarder.Frames));
        Assert.Equal(offload, seen);

        rig.Main.Deliver(frame, offload, runs: 5);
        ReceivedFrame got = rig.Driver.TakeFrame()!;
        Assert.Equal(frame, got.Bytes);
        Assert.Equal(offload, got.Header.Offload);
        Assert.Equal((frame.Length + NetHeader.Size + 2047) / 2048, got.Buffers);
    }

    [Fact]
    public void A_guest_that_takes_no_offloads_gets_none()
    {
        using VhostRig rig = new(new DriverOptions { Features = DeviceFeatures.Usual & ~DeviceFeatures.Offloads });
        byte[] frame = Engine.TcpFrame.Make(3000);
        rig.Main.Deliver(frame, Engine.TcpFrame.Gso(frame, 1448, Offload.GsoTcpV4));
        List<byte> payload = [];
        for (int i = 0; i < 3; i++)
        {
            ReceivedFrame got = rig.Driver.TakeFrame()!;
            Assert.Equal(default, got.Header.Offload);
            Engine.TcpFrame.AssertChecksums(got.Bytes);
            payload.AddRange(Engine.TcpFrame.Payload(got.Bytes));
        }
        Assert.Equal(Engine.TcpFrame.Payload(frame), payload);
        Assert.Null(rig.Driver.TakeFrame());
    }

    [Fact]
    public void Buffers_that_lie_over_two_regions_are_one()
    {
        using VhostRig rig = new(new DriverOptions { Memory = [(0x4000_0000, 4 << 20), (0x4040_0000, 4 << 20)], Buffers = 0 });
        byte[] frame = Frame(3, 1200);
        byte[] bytes = [.. default(NetHeader).ToBytes(), .. frame];
        ulong seam = rig.Driver.Memory.Regions[1].Address;
        rig.Driver.Memory.Write(seam - 500, bytes.AsSpan(0, 500));
        rig.Driver.Memory.Write(seam, bytes.AsSpan(500));
        DriverRing ring = rig.Driver.Rings[1];
        ring.Add([new RingPiece(seam - 500, (uint)bytes.Length, IsWritable: false)]);
        ring.Publish();
        ring.KickIfWanted();
        rig.Turns(2);
        Assert.Equal(frame, Assert.Single(rig.Forwarder.Frames));

        rig.Driver.Rings[0].Add([new RingPiece(seam - 700, 2000, IsWritable: true)]);
        rig.Driver.Rings[0].Publish();
        rig.Deliver(frame);
        Assert.True(rig.Driver.Rings[0].TryTake(out UsedBuffer used));
        Assert.Equal((uint)bytes.Length, used.Written);
        byte[] got = [.. rig.Driver.Memory.Span(seam - 700, 700), .. rig.Driver.Memory.Span(seam, bytes.Length - 700)];
        Assert.Equal(frame, got[NetHeader.Size..]);
    }

    private static byte[] Frame(int number, int length)
    {
        byte[] frame = EndpointContract.Frame(number, Math.Max(length, 18));
        return frame[..length];
    }

    private static void EnterGuest(DriverOptions options)
    {
        using VhostRig rig = new(options);
        for (int i = 0; i < s_lengths.Length; i++)
        {
            byte[] frame = Frame(i, s_lengths[i]);
            rig.Main.Deliver(frame, default, runs: 1 + i % Burst.RunsPerFrame);
            ReceivedFrame? got = rig.Driver.TakeFrame();
            Assert.NotNull(got);
            Assert.Equal(frame, got.Bytes);
            Assert.Equal((frame.Length + NetHeader.Size + options.BufferSize - 1) / options.BufferSize, got.Buffers);
            Assert.Equal(got.Buffers, got.Header.BufferCount);
        }
        Assert.Null(rig.Driver.TakeFrame());
        rig.Driver.Memory.AssertGuards();
    }
}
