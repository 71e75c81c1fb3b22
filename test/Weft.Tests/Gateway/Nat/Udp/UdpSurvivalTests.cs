using Weft.Engine;
using Weft.Gateway.Nat;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Udp;

public sealed class UdpSurvivalTests
{
    [Fact]
    public void A_flow_and_what_waits_for_it_outlive_the_worker()
    {
        using var scene = new UdpScene();
        scene.World.ServeUdpEcho(UdpScene.Server);
        scene.Send(UdpScene.Guest, UdpScene.Server);
        ushort port = scene.World.Sent[0].From.Port;
        scene.World.Time.Advance(1_000);
        Assert.Equal(0, scene.Restart());
        scene.Run(1_000);
        Assert.Single(scene.Side.Sent);
        scene.Send(UdpScene.Guest, UdpScene.Server);
        Assert.Equal(port, scene.World.Sent[1].From.Port);
        scene.Run(1_000);
        Assert.Equal(2, scene.Side.Sent.Count);
        scene.Run(181_000_000);
        scene.AssertEmpty();
    }

    [Fact]
    public void A_descriptor_that_never_left_ends_its_flow()
    {
        using var scene = new UdpScene();
        scene.Host.Keeper.IsBlocked = true;
        scene.Send(UdpScene.Guest, UdpScene.Server);
        Assert.Equal(1, scene.Restart());
        scene.AssertEmpty();
        scene.Send(UdpScene.Guest, UdpScene.Server);
        Assert.Equal(2, scene.World.Sent.Count);
    }

    [Fact]
    public void Torn_records_end_what_they_name_and_nothing_else()
    {
        using var scene = new UdpScene();
        scene.World.Blackholes.Add(UdpScene.Server.Address);
        for (ushort i = 0; i < 4; i++)
        {
            scene.Send(UdpScene.Guest with { Port = (ushort)(6000 + i) }, UdpScene.Server);
        }
        RecordStamp.Write(ref scene.Flows[0].Stamp, 99, 200);
        scene.Flows[1].SocketGeneration ^= 1;
        scene.Flows[2].Socket = -1;
        Assert.Equal(3, scene.Restart());
        Assert.Equal((1, 1), (scene.Table.FlowCount, scene.Table.SocketCount));
        scene.Send(UdpScene.Guest with { Port = 6003 }, UdpScene.Server);
        Assert.Equal(scene.World.Sent[3].From, scene.World.Sent[4].From);
        scene.Run(31_000_000);
        scene.AssertEmpty();
    }

    [Fact]
    public void A_slot_that_still_holds_an_ended_socket_is_not_taken_for_the_new_one()
    {
        using var scene = new UdpScene(sockets: 2);
        scene.World.Blackholes.Add(UdpScene.Server.Address);
        scene.Send(UdpScene.Guest, UdpScene.Server);
        scene.Host.Keeper.IsBlocked = true;
        // The cap ends the first mapping; the second takes its slot, and neither the drop nor the add leaves before the kill.
        scene.Send(UdpScene.Guest with { Port = 6000 }, UdpScene.Server);
        Assert.Equal(1, scene.Restart());
        scene.AssertEmpty();
    }

    [Fact]
    public void A_network_that_is_gone_is_not_taken_over()
    {
        using var scene = new UdpScene();
        scene.Send(UdpScene.Guest, UdpScene.Server);
        scene.Side.Facts = scene.Side.Facts with { NetworkId = 10 };
        Assert.Equal(1, scene.Restart());
        scene.AssertEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_kill_at_any_call_leaves_a_worker_that_works_and_forgets_nothing(bool before)
    {
        int call = 1;
        while (Converse(call, before))
        {
            call++;
        }
        Assert.InRange(call, 20, 200);
    }

    /// <summary>A scripted conversation with a kill at one call; false when the script ended before it.</summary>
    private static bool Converse(int call, bool before)
    {
        using var scene = new UdpScene(sockets: 8, flows: 16);
        scene.World.ServeUdpEcho(UdpScene.Server);
        bool wasKilled = false;
        if (before)
        {
            scene.Host.Seam.KillBefore(call);
        }
        else
        {
            scene.Host.Seam.KillAfter(call);
        }
        try
        {
            Script(scene);
            scene.Host.Seam.Disarm();
        }
        catch (WorkerKilled)
        {
            wasKilled = true;
            scene.Restart();
        }
        scene.Side.Sent.Clear();
        scene.Send(UdpScene.Guest, UdpScene.Server);
        scene.Run(1_000);
        Assert.NotEmpty(scene.Side.Sent);
        scene.CloseForward(1);
        scene.Run(200_000_000);
        scene.AssertEmpty();
        return wasKilled;
    }

    private static void Script(UdpScene scene)
    {
        scene.OpenForward(1, new HostEnd(IpAddress.FromV4(0), 8053), UdpScene.Guest);
        scene.World.SendUdp(UdpScene.Server, new HostEnd(scene.World.HostAddress, 8053), [1]);
        scene.Run(1_000);
        scene.Send(UdpScene.Guest, UdpScene.Server);
        scene.Run(1_000);
        for (ushort i = 0; i < 6; i++)
        {
            scene.Send(UdpScene.OtherGuest with { Port = (ushort)(1 + i) }, UdpScene.Server);
        }
        scene.Run(1_000);
        scene.CloseForward(1);
        scene.Run(200_000_000);
    }
}
