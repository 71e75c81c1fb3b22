using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Lies of a front end about rings: sizes, numbers, and descriptors that cannot be.</summary>
public sealed class HostileRingMessageTests : HostileGuest
{
    [Theory]
    [InlineData(0u)]
    [InlineData(3u)]
    [InlineData(100u)]
    [InlineData(65_535u)]
    [InlineData(65_536u)]
    [InlineData(0x8000_0000u)]
    [InlineData(0xffff_ffffu)]
    public void A_ring_size_that_cannot_be_is_refused(uint size)
    {
        using VhostRig rig = Begun(Honest);
        Assert.NotEqual(0UL, rig.Driver.TryTell(VhostRequest.SetRingSize, VhostDriver.RingState(1, size)) ?? 1);
        Recovers(rig);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(255)]
    [InlineData(0x7fff_ffff)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_ring_that_is_not_there_is_refused(int index)
    {
        foreach (VhostRequest request in new[] { VhostRequest.SetRingSize, VhostRequest.SetRingBase, VhostRequest.GetRingBase, VhostRequest.SetRingEnable })
        {
            Refused(request, VhostDriver.RingState(index, 1));
        }
        Refused(VhostRequest.SetRingAddress, VhostDriver.RingAddresses(index, 0, 0x5a00_4000_0000, 0x5a00_4000_1000, 0x5a00_4000_2000, 0));
    }

    [Theory]
    [InlineData(VhostRequest.SetRingKick)]
    [InlineData(VhostRequest.SetRingCall)]
    [InlineData(VhostRequest.SetRingError)]
    public void A_descriptor_for_a_ring_that_is_not_there_is_refused(VhostRequest request)
    {
        foreach (ulong number in new ulong[] { 16, 17, 0xff, 0x1ff, 0x110 })
        {
            using EventFile file = new();
            Refused(request, VhostDriver.Bytes(number), (number & 0x100) != 0 ? [] : [file.Descriptor]);
        }
        Refused(request, VhostDriver.Bytes(0), []);
        Refused(request, VhostDriver.Bytes(0x100), [0]);
        Refused(request, VhostDriver.Bytes(0), [0, 1]);
    }

    public static TheoryData<VhostRequest, string> Files
    {
        get
        {
            TheoryData<VhostRequest, string> data = [];
            foreach (VhostRequest request in new[] { VhostRequest.SetRingKick, VhostRequest.SetRingCall, VhostRequest.SetRingError, VhostRequest.SetBackendChannel })
            {
                foreach (string file in OddFile.Kinds)
                {
                    data.Add(request, file);
                }
            }
            return data;
        }
    }

    /// <summary>Whether it is refused or not: it does not block the lane, does not kill, and does not spin for ever.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void A_notice_may_be_any_kind_of_file(VhostRequest request, string kind)
    {
        using VhostRig rig = Begun(Honest);
        using OddFile file = new(kind);
        for (int ring = 0; ring < 2; ring++)
        {
            rig.Driver.TryTell(request, request == VhostRequest.SetBackendChannel ? [] : VhostDriver.Bytes((ulong)ring), file.Descriptor);
        }
        for (int i = 0; i < 200 && rig.Port.IsUp; i++)
        {
            rig.Driver.Rings[0].WantCalls();
            rig.Driver.Rings[1].WantCalls();
            rig.Driver.Transmit[0].Send(EndpointContract.Frame(i, 100));
            rig.Deliver(EndpointContract.Frame(i, 100));
            rig.Turn();
            rig.PeerReceives();
        }
        rig.Rest();
        Recovers(rig, goesOn: false);
    }

    /// <summary>A descriptor's flags belong to all who have it: what was made not to block can be made to block again.</summary>
    [Fact]
    public void A_call_that_is_made_to_block_does_not_block_the_lane()
    {
        using VhostRig rig = Begun(Honest);
        EventFile call = rig.Driver.Rings[0].Call;
        FileCalls.SetNonBlocking(call.Descriptor, false);
        call.Signal(ulong.MaxValue - 1);
        AssertGoesOn(rig, () => call.Take());
        Recovers(rig, goesOn: false);
    }

    /// <summary>The same with what User-Mode Linux gives: a socket, which nobody reads.</summary>
    [Fact]
    public void A_socket_for_calls_that_is_made_to_block_does_not_block_the_lane()
    {
        using VhostRig rig = Begun(Honest);
        Assert.Equal(0, SocketCalls.Pair(SocketConstants.TypeStream, out int ours, out int given));
        rig.Driver.TryTell(VhostRequest.SetRingCall, VhostDriver.Bytes(0), given);
        Span<byte> full = new byte[1 << 20];
        while (DescriptorMessages.Send(given, full, []) > 0)
        {
        }
        FileCalls.SetNonBlocking(given, false);
        AssertGoesOn(rig, () => FileCalls.Close(ours));
        FileCalls.Close(given);
        Recovers(rig, goesOn: false);
    }

    /// <summary>Frames are delivered though each is to be told; <paramref name="free"/> ends the wait of one that stands still.</summary>
    private static void AssertGoesOn(VhostRig rig, Action free)
    {
        using ManualResetEventSlim delivered = new();
        Thread delivery = new(() =>
        {
            for (int i = 0; i < 3; i++)
            {
                rig.Driver.Rings[0].WantCalls();
                rig.Deliver(EndpointContract.Frame(i, 100));
            }
            delivered.Set();
        });
        delivery.Start();
        bool done = delivered.Wait(2000);
        free();
        delivery.Join();
        Assert.True(done, "the lane stood still");
    }

    private static void Refused(VhostRequest request, byte[] payload, params int[] files)
    {
        using VhostRig rig = Begun(Honest);
        if (request == VhostRequest.GetRingBase)
        {
            rig.Driver.Channel.Send(request, payload, flags: VhostChannel.Version | VhostChannel.NeedReplyFlag);
            VhostReply? reply = rig.Driver.Channel.Receive();
            Assert.True(reply is null || reply.Number != 0);
        }
        else
        {
            Assert.NotEqual(0UL, rig.Driver.TryTell(request, payload, files) ?? 1);
        }
        Recovers(rig);
    }
}
