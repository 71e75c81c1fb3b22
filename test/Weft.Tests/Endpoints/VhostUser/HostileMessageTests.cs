using System.Buffers.Binary;
using Weft.Linux.Unix;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Lies of a front end: messages in the wrong order, too short, too long, unknown.</summary>
public sealed class HostileMessageTests : HostileGuest
{
    public static TheoryData<VhostRequest> Requests => [.. Enum.GetValues<VhostRequest>()];

    [Theory]
    [MemberData(nameof(Requests))]
    public void Any_request_may_come_first(VhostRequest request)
    {
        foreach (int length in new[] { 0, 1, 4, 7, 8, 9, 12, 16, 20, 39, 40, 41, 100, 4096 })
        {
            using VhostRig rig = new(plugged: false);
            VhostDriver driver = rig.Main.Dial(Honest);
            byte[] payload = new byte[length];
            payload.AsSpan().Fill((byte)(length % 3 == 0 ? 0xff : length % 3));
            driver.Channel.Send(request, payload);
            rig.Turns(3);
            driver.Channel.Send(request, payload, [driver.Memory.Regions[0].Descriptor]);
            rig.Turns(3);
            rig.Main.Unplug();
            rig.Main.Plug(Honest);
            rig.Main.AssertCarriesFrames();
        }
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void Any_request_may_come_to_a_running_device(VhostRequest request)
    {
        foreach (int length in new[] { 0, 1, 7, 8, 9, 12, 39, 40, 41, 4096 })
        {
            using VhostRig rig = Begun(Honest);
            byte[] payload = new byte[length];
            payload.AsSpan().Fill((byte)(length % 3 == 0 ? 0xff : length % 3));
            for (int files = 0; files < 3; files++)
            {
                rig.Driver.Channel.Send(request, payload, Enumerable.Repeat(rig.Driver.Memory.Regions[0].Descriptor, files).ToArray());
                rig.Driver.Rings[1].Offer(0);
                rig.Driver.Rings[1].Kick.Signal();
                rig.Turns(3);
                rig.Deliver(EndpointContract.Frame(1, 100));
            }
            Recovers(rig, goesOn: false);
        }
    }

    [Fact]
    public void The_steps_of_a_start_may_come_in_any_order()
    {
        Random random = new(11);
        for (int round = 0; round < 200; round++)
        {
            using VhostRig rig = new(plugged: false);
            VhostDriver driver = rig.Main.Dial(Honest);
            driver.Negotiate();
            driver.MakeRings();
            List<Action> steps = [driver.ShareMemory];
            foreach (DriverRing ring in driver.Rings)
            {
                steps.Add(() => driver.Tell(VhostRequest.SetRingSize, VhostDriver.RingState(ring.Index, 64)));
                steps.Add(() => driver.Tell(VhostRequest.SetRingBase, VhostDriver.RingState(ring.Index, 0)));
                steps.Add(() => driver.SetAddresses(ring));
                steps.Add(() => driver.SetKick(ring));
                steps.Add(() => driver.SetCall(ring));
                steps.Add(() => driver.Enable(ring, on: true));
            }
            foreach (Action step in steps.OrderBy(_ => random.Next()))
            {
                step();
            }
            driver.Receive[0].Post(32, 2048);
            rig.Turns(2);
            Assert.True(rig.Port.IsUp);
            rig.Main.AssertCarriesFrames();
        }
    }

    [Theory]
    [InlineData(4097u)]
    [InlineData(65_536u)]
    [InlineData(0x7fff_ffffu)]
    [InlineData(0xffff_fff4u)]
    [InlineData(0xffff_ffffu)]
    public void A_payload_of_more_than_4_KiB_ends_the_connection(uint length)
    {
        using VhostRig rig = Begun(Honest);
        byte[] message = VhostChannel.Message((uint)VhostRequest.SetFeatures, VhostChannel.Version | VhostChannel.NeedReplyFlag,
            new byte[Math.Min(length, 70_000)], length);
        rig.Driver.Channel.SendRaw(message);
        Ended(rig);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(2u)]
    [InlineData(3u)]
    [InlineData(6u)]
    public void A_message_of_another_version_ends_the_connection(uint flags)
    {
        using VhostRig rig = Begun(Honest);
        rig.Driver.Channel.SendRaw(VhostChannel.Message((uint)VhostRequest.GetFeatures, flags, []));
        Ended(rig);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(42u)]
    [InlineData(255u)]
    [InlineData(1000u)]
    [InlineData(0x8000_0000u)]
    [InlineData(0xffff_ffffu)]
    public void An_unknown_request_is_refused(uint request)
    {
        using VhostRig rig = Begun(Honest);
        rig.Driver.Channel.SendRaw(VhostChannel.Message(request, VhostChannel.Version | VhostChannel.NeedReplyFlag, new byte[8]));
        VhostReply? reply = rig.Driver.Channel.Receive();
        Assert.True(reply is null || reply.Number != 0);
        Recovers(rig);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(15)]
    [InlineData(30)]
    public void A_message_that_is_cut_short_by_its_senders_end_harms_nobody(int bytes)
    {
        using VhostRig rig = Begun(Honest);
        byte[] message = VhostChannel.Message((uint)VhostRequest.SetMemoryTable, VhostChannel.Version, rig.Driver.Memory.Describe());
        rig.Driver.Channel.SendRaw(message.AsSpan(0, bytes), rig.Driver.Memory.Descriptors());
        rig.Turns(3);
        rig.Main.AssertCarriesFrames();
        rig.Driver.Channel.Close();
        rig.Turns(3);
        Assert.False(rig.Port.IsUp);
        Recovers(rig);
    }

    [Fact]
    public void A_front_end_that_reads_no_answers_does_not_block_the_lane()
    {
        using VhostRig rig = Begun(Honest);
        byte[] questions = [.. Enumerable.Repeat(VhostChannel.Message((uint)VhostRequest.GetFeatures, VhostChannel.Version, []), 100).SelectMany(bytes => bytes)];
        for (int i = 0; i < 500; i++)
        {
            if (DescriptorMessages.Send(rig.Driver.Channel.Socket, questions, []) < 0)
            {
                break;
            }
            rig.Turn();
        }
        rig.Neighbour.AssertCarriesFrames();
        Recovers(rig, goesOn: false);
    }

    [Theory]
    [InlineData(0xffff_ffff_ffff_ffff)]
    [InlineData(1UL << 34)]
    [InlineData(1UL << 17)]
    [InlineData(1UL << 63)]
    public void Features_that_were_not_offered_are_refused_or_have_no_effect(ulong features)
    {
        using VhostRig rig = Begun(Honest);
        rig.Driver.TryTell(VhostRequest.SetFeatures, VhostDriver.Bytes(features));
        rig.Driver.Rings[1].Kick.Signal();
        rig.Turns(3);
        rig.Deliver(EndpointContract.Frame(1, 100));
        Recovers(rig, goesOn: false);
    }

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(0u, 257u)]
    [InlineData(250u, 10u)]
    [InlineData(0xffff_ffffu, 1u)]
    [InlineData(1u, 0xffff_ffffu)]
    [InlineData(0u, 200u)]
    public void A_configuration_that_is_not_there_is_not_read(uint offset, uint size)
    {
        using VhostRig rig = Begun(Honest);
        byte[] payload = new byte[12 + 8];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, offset);
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(4), size);
        rig.Driver.Channel.Send(VhostRequest.GetConfig, payload, flags: VhostChannel.Version | VhostChannel.NeedReplyFlag);
        VhostReply? reply = rig.Driver.Channel.Receive();
        Assert.True(reply is null || reply.Payload.Length is 0 or 8 || reply.Payload.Length <= 12 + 256);
        Recovers(rig);
    }

    private static void Ended(VhostRig rig)
    {
        rig.Turns(5);
        Assert.True(rig.Driver.Channel.IsClosed());
        Assert.False(rig.Port.IsUp);
        Recovers(rig);
    }
}
