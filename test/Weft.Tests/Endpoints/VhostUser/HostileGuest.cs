using Weft.Engine;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>
/// What every lie of a guest must come to: nothing thrown, nothing written but what the guest gave for writing, the frame
/// dropped or the port reset with a named counter, a neighbour on the same lane who notices nothing, and a port that works
/// again with an honest guest.
/// </summary>
public abstract class HostileGuest
{
    protected static readonly DriverOptions Honest = new() { Memory = [(0x4000_0000, 2 << 20)], RingSize = 64, Buffers = 32 };

    /// <summary>As <see cref="Honest"/>, and the receive ring is empty.</summary>
    protected static readonly DriverOptions Bufferless = Honest with { Buffers = 0 };

    /// <summary>A guest that lies to its transmit ring.</summary>
    /// <param name="tell">Writes the lie into guest memory; the device does not run meanwhile.</param>
    /// <param name="counted">One of these rises, by one for each of <paramref name="frames"/>, and no other.</param>
    protected static void LiesOut(Action<VhostDriver> tell, DropReason[] counted, ulong frames = 1, DriverOptions? options = null)
    {
        using VhostRig rig = Begun(options ?? Honest);
        rig.Main.AssertCarriesFrames();
        rig.Driver.Transmit[0].Reclaim();
        rig.Forwarder.Frames.Clear();
        ulong[] before = rig.Main.Drops();
        tell(rig.Driver);
        byte[][] memory = rig.Driver.Memory.Picture();
        rig.Driver.Rings[1].Kick.Signal();
        rig.Turns(10);
        Assert.Empty(rig.Forwarder.Frames);
        rig.Driver.Memory.AssertChangedOnlyIn(memory, Used(rig.Driver, 0), Used(rig.Driver, 1));
        AssertCounted(rig.Main.Drops(), before, counted, frames);
        Recovers(rig);
    }

    /// <summary>A guest that lies to its receive ring, in which there is nothing else.</summary>
    /// <param name="mayWrite">What of its memory the lie names as writable.</param>
    /// <param name="counted">Empty: the frame may as well arrive.</param>
    protected static void LiesIn(Action<VhostDriver> tell, DropReason[] counted, int length = 600, DriverOptions? options = null,
        Func<VhostDriver, (ulong Address, ulong Bytes)[]>? mayWrite = null)
    {
        using VhostRig rig = Begun(options ?? Bufferless);
        ulong[] before = rig.Main.Drops();
        tell(rig.Driver);
        byte[][] memory = rig.Driver.Memory.Picture();
        rig.Driver.Rings[0].Kick.Signal();
        rig.Turn();
        rig.Main.Deliver(EndpointContract.Frame(1, length));
        rig.Turns(10);
        rig.Driver.Memory.AssertChangedOnlyIn(memory, [Used(rig.Driver, 0), Used(rig.Driver, 1), .. mayWrite?.Invoke(rig.Driver) ?? []]);
        if (counted.Length > 0)
        {
            AssertCounted(rig.Main.Drops(), before, counted, 1);
        }
        Recovers(rig, goesOn: counted.Length > 0);
    }

    protected static VhostRig Begun(DriverOptions options)
    {
        VhostRig rig = new(options);
        rig.Neighbour.AssertCarriesFrames();
        return rig;
    }

    protected static void AssertCounted(ulong[] now, ulong[] before, DropReason[] counted, ulong times)
    {
        (DropReason Reason, ulong Times)[] risen =
            [.. now.Select((count, i) => ((DropReason)i, count - before[i])).Where(reason => reason.Item2 > 0)];
        string all = string.Join(", ", risen.Select(reason => $"{reason.Reason} +{reason.Times}"));
        Assert.True(risen.All(reason => counted.Contains(reason.Reason)), $"unexpected: {all}");
        Assert.True(risen.Sum(reason => (long)reason.Times) == (long)times, $"{times} expected: {all}");
    }

    /// <summary>The neighbour noticed nothing, the port works on if it is up, and with a new guest in any case.</summary>
    /// <param name="goesOn">The same guest too, if the port is still up: it can tell its own frames from those of the lie.</param>
    protected static void Recovers(VhostRig rig, bool goesOn = true)
    {
        rig.Driver.Memory.AssertGuards();
        rig.Neighbour.AssertCarriesFrames();
        if (goesOn && rig.Port.IsUp && !rig.Driver.Channel.IsClosed() && rig.Driver.Rings.Count > 0)
        {
            GoesOn(rig);
        }
        rig.Main.Replug(Honest);
        rig.Main.AssertCarriesFrames();
        rig.Driver.Memory.AssertGuards();
    }

    protected static (ulong Address, ulong Bytes) Used(VhostDriver driver, int ring) => (driver.Rings[ring].Used, driver.Rings[ring].UsedBytes);

    /// <summary>Memory of the guest with a whole frame behind its header in it.</summary>
    protected static ulong FrameIn(VhostDriver driver, int length = 200)
    {
        ulong address = driver.Memory.Take((ulong)(NetHeader.Size + length));
        driver.Memory.Write(address, [.. default(NetHeader).ToBytes(), .. EndpointContract.Frame(1, length)]);
        return address;
    }

    /// <summary>With honest buffers, unless one of the lie is still in front of them.</summary>
    private static void GoesOn(VhostRig rig)
    {
        Drain(rig.Driver.Rings[1]);
        if (rig.Main.Options.Buffers == 0)
        {
            Drain(rig.Driver.Rings[0]);
            if (rig.Driver.Rings[0].BuffersOnTheirWay > 0)
            {
                return;
            }
            rig.Driver.Receive[0].Post(32, 2048);
            rig.Driver.Rings[0].KickIfWanted();
        }
        rig.Main.AssertCarriesFrames();
    }

    private static void Drain(DriverRing ring)
    {
        while (ring.TryTake(out _))
        {
        }
    }
}
