using Weft.Engine;
using Weft.Wire;
using static Weft.Tests.Switching.SwitchScene;

namespace Weft.Tests.Switching;

/// <summary>Questions where time decides: what is too old counts as gone, and asking makes nothing younger.</summary>
public sealed unsafe class SwitchQuestionTests
{
    [Fact]
    public void Addresses_that_are_too_old_do_not_fill_a_port()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(2, macLimit: 2);
        scene.Learn(0, 1);
        scene.Learn(0, 2);
        scene.Learn(0, 3);
        Assert.Equal(DropReason.MacLimit, Ask(scene, 0, Frame(MacAddress.Broadcast, Mac(3))).Reason);

        Pass(scene, TimeSpan.FromSeconds(301));

        Assert.Equal(DropReason.None, Ask(scene, 0, Frame(MacAddress.Broadcast, Mac(3))).Reason);
        Assert.Equal(2, scene.Switch.MacCount);
        ulong before = scene.Drops(0, DropReason.MacLimit);
        scene.Learn(0, 3);
        Assert.Equal(before, scene.Drops(0, DropReason.MacLimit));
    }

    [Fact]
    public void A_station_that_is_too_old_is_flooded_to_and_stays_as_old()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(3);
        scene.Learn(0, 1);
        Pass(scene, TimeSpan.FromSeconds(299));
        Assert.Equal(0, Ask(scene, 1, Frame(Mac(1), Mac(2))).ToPort);
        // Asked as the station itself: that must not count as having heard of it.
        Assert.False(Ask(scene, 0, Frame(Mac(2), Mac(1))).IsLearned);

        Pass(scene, TimeSpan.FromSeconds(2));

        QuestionTrace asked = Ask(scene, 1, Frame(Mac(1), Mac(2)));
        Assert.Equal((-1, 2), (asked.ToPort, asked.FloodedPorts));
        scene.ClearDelivered();
        scene.Send(1, Frame(Mac(1), Mac(2)));
        Assert.Single(scene.Endpoints[2].Delivered);
    }

    [Fact]
    public void An_address_that_moves_too_often_is_said_to_and_asking_is_no_move()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(2);
        scene.Learn(0, 1);
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(DropReason.None, Ask(scene, 1, Frame(MacAddress.Broadcast, Mac(1))).Reason);
        }
        for (int i = 0; i < 10; i++)
        {
            scene.Learn(1 - i % 2, 1);
        }
        Assert.Equal(0UL, scene.Drops(0, DropReason.MacMoved) + scene.Drops(1, DropReason.MacMoved));
        Assert.Equal(DropReason.MacMoved, Ask(scene, 1, Frame(MacAddress.Broadcast, Mac(1))).Reason);
        scene.Learn(1, 1);
        Assert.Equal(1UL, scene.Drops(1, DropReason.MacMoved));
    }

    private static QuestionTrace Ask(SwitchScene scene, int port, byte[] bytes)
    {
        QuestionTrace trace = new(0);
        fixed (byte* head = bytes)
        {
            FrameRef frame = new() { Head = head, HeadLength = bytes.Length, Length = bytes.Length };
            scene.Switch.Ask(scene.Ports[port], in frame, ref trace);
        }
        return trace;
    }

    /// <summary>Time passes and the lane has looked at its clock.</summary>
    private static void Pass(SwitchScene scene, TimeSpan time)
    {
        scene.Time.Advance(time);
        scene.Lane.Turn(mayWait: false);
    }
}
