using System.Net;
using Weft.Daemon.Control;
using Weft.Daemon.Status;
using Weft.Daemon.Workers;
using Weft.Engine.State;
using Weft.Linux.Memory;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Differences;
using Weft.Model.Planning;
using Weft.Wire;
using NetworkMode = Weft.Model.NetworkMode;

namespace Weft.Tests.Daemon;

/// <summary>What a change or a look costs grows with the number of objects, not with its square: at so many a square takes minutes.</summary>
[Trait("Tier", "ci")]
public sealed class ManyObjectsTests
{
    private const int Many = 100_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly HostView Host = new([], new Dictionary<string, IPNetwork>(), "/run/ports");

    [Fact]
    public async Task A_plan_is_made_for_many_VMs()
    {
        Topology topology = Of(Many);
        DataPlane plane = Derivation.Derive(topology, Host).Plane;
        DataPlane other = plane with { Ports = plane.Ports.Select(p => p with { Plugged = false }).ToItems() };

        (int changes, int removals) = await Task.Run(() => (Planner.Plan(plane, other).Count, Planner.Plan(plane, DataPlane.Empty).Count)).WaitAsync(Limit);
        Assert.Equal((Many, Many + 1), (changes, removals));
    }

    [Fact]
    public async Task Many_VMs_are_compared()
    {
        Topology topology = Of(Many);
        Topology next = topology with { Vms = topology.Vms.Skip(1).ToItems() };
        Difference[] differences = await Task.Run(() => TopologyDifferences.Between(topology, next)).WaitAsync(Limit);
        Assert.Equal("- vm vm000000", Assert.Single(differences).ToString());
    }

    [Fact]
    public async Task Many_VMs_are_listed_as_they_are_wanted()
    {
        Topology topology = Of(Many);
        View view = new(topology, Derivation.Derive(topology, Host).Plane, [], [], null, true);
        Assert.Equal(Many, await Task.Run(() => new ObjectsReader(view, null).Nics(null).Items.Length).WaitAsync(Limit));
    }

    [Fact]
    public async Task Many_ports_are_read_with_how_they_stand()
    {
        Topology topology = Of(Many);
        View view = new(topology, Derivation.Derive(topology, Host).Plane, [], [], null, true);
        using SharedMemory memory = SharedMemory.Create("many", SharedState.SizeOf(FakeWorker.Layout(Many)));
        SharedState state = Fill(memory, view.Plane);

        ObjectsReader reader = await Task.Run(() => new ObjectsReader(view, state)).WaitAsync(Limit);
        NicObject nic = await Task.Run(() => reader.Nic("vm000007", 1)).WaitAsync(Limit);
        Assert.Equal(("10.1.0.7", "up"), (nic.Status.Address, nic.Status.Cable));
        Assert.Equal(Many, await Task.Run(() => reader.Network("lab").Status.Leases).WaitAsync(Limit));
    }

    private static Topology Of(int vms) => new()
    {
        Networks = [Network.Of("lab", NetworkMode.NatNetwork) with { Subnet = IPNetwork.Parse("10.0.0.0/8") }],
        Vms = Enumerable.Range(0, vms).Select(i => new Vm($"vm{i:d6}", [new Nic { Number = 1, Network = "lab", Mac = new MacAddress(Mac(i)).ToString() }])).ToItems(),
    };

    private static ulong Mac(int i) => 0x5254_0000_0000UL + (ulong)i;

    private static SharedState Fill(SharedMemory memory, DataPlane plane)
    {
        SharedState state;
        unsafe
        {
            state = SharedState.Create(memory.Start, FakeWorker.Layout(Many));
        }
        state.Array<NetworkRecord>(SharedArray.Networks)[0] = Records.Of(plane.Networks[0], 1);
        for (int i = 0; i < plane.Ports.Count; i++)
        {
            state.Array<PortRecord>(SharedArray.Ports)[i] = Records.Of(plane.Ports[i], 1, (ulong)i + 2) with { CounterIndex = (uint)i };
            state.Array<PortCounters>(SharedArray.PortCounters)[i].Carrier = 1;
            state.Array<LeaseRecord>(SharedArray.Leases)[i] = new LeaseRecord { NetworkId = 1, Mac = new MacAddress(Mac(i)), Address = IpAddress.FromV4(0x0a01_0000u + (uint)i) };
        }
        return state;
    }
}
