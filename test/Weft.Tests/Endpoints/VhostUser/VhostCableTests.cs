using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>A cable that is pulled is seen by the guest, in words where its front end passes them on, else by a back end that is gone.</summary>
public sealed class VhostCableTests
{
    [Fact]
    public void A_front_end_that_can_be_told_is_told()
    {
        using VhostRig rig = new();
        int[] channel = Pair();
        rig.Driver.Tell(VhostRequest.SetBackendChannel, [], channel[1]);
        FileCalls.Close(channel[1]);
        using VhostChannel told = new(channel[0], rig.Turn);
        foreach (bool up in new[] { false, true, false })
        {
            rig.Main.Vhost.ShowLink(up);
            VhostReply message = told.Receive()!;
            Assert.Equal((2u, VhostChannel.Version, 0), ((uint)message.Request, message.Flags, message.Payload.Length));
            byte[] asked = [6, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            Assert.Equal(up ? 1 : 0, rig.Driver.AskWhole(VhostRequest.GetConfig, asked).Payload[12]);
        }
        Assert.True(rig.Port.IsUp);
    }

    [Fact]
    public void Another_finds_nobody_until_the_cable_is_in_again()
    {
        using VhostRig rig = new();
        for (int i = 0; i < 3; i++)
        {
            rig.Main.Vhost.ShowLink(up: false);
            rig.Turns(2);
            Assert.False(rig.Port.IsUp);
            Assert.True(rig.Driver.Channel.IsClosed());
            Assert.Equal(-Errno.ENOENT, UnixSockets.Connect(rig.Main.Path, SocketConstants.TypeStream));
            rig.Main.Vhost.ShowLink(up: true);
            rig.Driver.Dispose();
            rig.Main.Plug();
            rig.Main.AssertCarriesFrames();
        }
    }

    [Fact]
    public void A_channel_whose_reader_sleeps_or_has_gone_does_not_block_the_lane()
    {
        using VhostRig rig = new();
        rig.Neighbour.AssertCarriesFrames();
        int[] channel = Pair();
        rig.Driver.Tell(VhostRequest.SetBackendChannel, [], channel[1]);
        // The other end of our descriptor is the same file: its flags are ours to change.
        FileCalls.SetNonBlocking(channel[1], false);
        for (int i = 0; i < 20_000; i++)
        {
            rig.Main.Vhost.ShowLink(i % 2 == 1);
        }
        FileCalls.Close(channel[0]);
        FileCalls.Close(channel[1]);
        rig.Main.Vhost.ShowLink(up: false);
        rig.Main.Vhost.ShowLink(up: true);
        rig.Neighbour.AssertCarriesFrames();
        rig.Main.AssertCarriesFrames();
    }

    private static unsafe int[] Pair()
    {
        int* pair = stackalloc int[2];
        Assert.Equal(0, Libc.socketpair(SocketConstants.FamilyUnix, SocketConstants.TypeStream | SocketConstants.CloseOnExec | SocketConstants.NonBlocking, 0, pair));
        return [pair[0], pair[1]];
    }
}
