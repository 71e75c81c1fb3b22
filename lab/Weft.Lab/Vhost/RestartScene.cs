using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Model.Api;
using Xunit.Abstractions;

namespace Weft.Lab.Vhost;

/// <summary>Guests come and go on one card, in order and by kill -9. Nothing of theirs stays behind, in the worker or in the keeper.</summary>
public sealed class RestartScene(ITestOutputHelper output)
{
    /// <summary>Mappings that the runtime may add for itself.</summary>
    private const int RuntimesOwn = 24;

    [Scene(Needs.Uml)]
    public Task A_guest_that_restarts_leaves_nothing() => RestartAsync(4);

    [Scene(Needs.Uml), Trait("Tier", "ci")]
    public Task A_guest_that_restarts_twenty_times_leaves_nothing() => RestartAsync(20);

    private async Task RestartAsync(int times)
    {
        await using WeftHome home = await WeftHome.UpAsync("networks: { lab: nat-network }\nvms: { alpha: [{ net: lab, attach: vhost-user }] }\n");
        string address = await LiveAsync(home, inOrder: true);
        await GoneAsync(home);
        int worker = (await home.StatusAsync()).Worker.Pid, keeper = Assert.Single(HomeProcesses.Find(home.Home, "keeper"));
        string workers = Holdings.Of(worker), keepers = Holdings.Of(keeper);
        int mappings = Holdings.MappingsOf(worker), keepersMappings = Holdings.MappingsOf(keeper);

        for (int i = 0; i < times; i++)
        {
            Assert.Equal(address, await LiveAsync(home, inOrder: i % 2 == 0));
        }

        await GoneAsync(home);
        output.WriteLine($"mappings: worker {mappings} → {Holdings.MappingsOf(worker)}, keeper {keepersMappings} → {Holdings.MappingsOf(keeper)}\n{workers}\n\n{keepers}");
        Assert.Equal(workers, Holdings.Of(worker));
        Assert.Equal(keepers, Holdings.Of(keeper));
        Assert.InRange(Holdings.MappingsOf(worker), 1, mappings + RuntimesOwn);
        Assert.InRange(Holdings.MappingsOf(keeper), 1, keepersMappings + RuntimesOwn);
        Assert.Equal(worker, (await home.StatusAsync()).Worker.Pid);
    }

    /// <summary>Boots, takes an address, pings, and ends; the address.</summary>
    private static async Task<string> LiveAsync(WeftHome home, bool inOrder)
    {
        await using UmlGuest alpha = await home.BootAsync("alpha");
        GuestLease lease = await alpha.Lease;
        await alpha.MustAsync($"busybox ping -c 1 -W 5 {lease.Gateway}");
        if (inOrder)
        {
            await Assert.ThrowsAsync<IOException>(() => alpha.RunAsync("busybox poweroff -f"));
        }

        return lease.Address;
    }

    private static async Task GoneAsync(WeftHome home)
    {
        bool Up(StatusDocument status) => status.Networks.Single().Ports.Single().Up;
        for (int look = 0; look < 100 && Up(await home.StatusAsync()); look++)
        {
            await Task.Delay(50);
        }

        Assert.False(Up(await home.StatusAsync()));
    }
}
