using Weft.Tests.Linux;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Nothing of a front end stays behind: descriptors and mappings are counted by what they lead to, which needs no other test beside.</summary>
[Collection(nameof(SeamTests))]
public sealed class VhostLeakTests
{
    [Fact]
    public void A_thousand_front_ends_leave_nothing_behind()
    {
        using VhostRig rig = new(new DriverOptions { QueuePairs = 2, Buffers = 16, Memory = [(0, 1 << 20), (0x4000_0000, 1 << 20)], RingSize = 64 });
        for (int i = 0; i < 10; i++)
        {
            Replug();
        }
        (int descriptors, int mappings) = Count();
        for (int i = 0; i < 1000; i++)
        {
            Replug();
        }
        (int laterDescriptors, int laterMappings) = Count();
        Assert.InRange(laterDescriptors, 0, descriptors + 20);
        Assert.InRange(laterMappings, 1, mappings);
        Assert.All(rig.Driver.Memory.Regions, region => Assert.Equal(2, region.Mappings()));

        void Replug()
        {
            rig.Main.Replug();
            if (rig.Driver.Memory.Regions[0].Name.EndsWith('0'))
            {
                rig.Main.AssertCarriesFrames();
                rig.Forwarder.Frames.Clear();
            }
        }
    }

    [Fact]
    public void Ten_thousand_memory_tables_leave_nothing_behind()
    {
        using VhostRig rig = new(new DriverOptions { Memory = [(0, 1 << 20), (0x4000_0000, 1 << 20)] });
        (int descriptors, int mappings) = Count();
        for (int i = 0; i < 10_000; i++)
        {
            rig.Driver.ShareMemory();
            if (i % 1000 == 0)
            {
                rig.Main.AssertCarriesFrames();
            }
        }
        (int laterDescriptors, int laterMappings) = Count();
        Assert.InRange(laterDescriptors, 0, descriptors + 20);
        Assert.InRange(laterMappings, 1, mappings);
        Assert.All(rig.Driver.Memory.Regions, region => Assert.Equal(2, region.Mappings()));
        Assert.All(rig.Driver.Memory.Regions, region => Assert.Equal(2, OpenDescriptors.To(region.Target)));
        rig.Main.AssertCarriesFrames();
        rig.Neighbour.AssertCarriesFrames();
    }

    [Fact]
    public void Kicks_and_calls_that_are_replaced_are_closed()
    {
        using VhostRig rig = new();
        (int descriptors, _) = Count();
        for (int i = 0; i < 3000; i++)
        {
            rig.Driver.SetKick(rig.Driver.Rings[i % 2]);
            rig.Driver.SetCall(rig.Driver.Rings[i % 2]);
            rig.Driver.Tell(VhostRequest.SetRingError, VhostDriver.Bytes((ulong)(i % 2)), rig.Driver.Rings[0].Error.Descriptor);
        }
        rig.Main.AssertCarriesFrames();
        Assert.InRange(Count().Descriptors, 0, descriptors + 20);
        rig.Main.Unplug();
        Assert.InRange(Count().Descriptors, 0, descriptors);
    }

    [Fact]
    public void Descriptors_of_messages_that_are_refused_are_closed()
    {
        using VhostRig rig = new();
        int[] extra = [.. Enumerable.Repeat(rig.Driver.Rings[0].Error.Descriptor, 20)];
        (int descriptors, _) = Count();
        for (int i = 0; i < 300; i++)
        {
            VhostDriver driver = rig.Driver;
            driver.Channel.Send((VhostRequest)(i % 45), new byte[i % 50], extra.AsSpan(0, i % 20));
            rig.Turns(2);
            rig.Main.Unplug();
            rig.Main.Plug();
        }
        Assert.InRange(Count().Descriptors, 0, descriptors + 20);
    }

    /// <summary>Of the mappings those of guest memory: the runtime makes others as it compiles.</summary>
    private static (int Descriptors, int Mappings) Count() =>
        (Directory.GetFiles("/proc/self/fd").Length, File.ReadLines("/proc/self/maps").Count(line => line.Contains("/memfd:guest-")));
}
