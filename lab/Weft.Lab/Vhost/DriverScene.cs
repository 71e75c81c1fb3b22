using Weft.Cli.Demo;
using Weft.Lab.Guests;

namespace Weft.Lab.Vhost;

/// <summary>A guest takes its driver out and puts it in again: the device begins anew each time, on the same connection or the next.</summary>
public sealed class DriverScene
{
    private const int Times = 5;

    /// <summary>What the guest says about who waits, for when one does not come back. (Its kernel panics when it shall show all tasks.)</summary>
    private const string Why = "for p in /proc/[0-9]*; do echo $(cat $p/comm) $(grep State $p/status) $(cat $p/wchan); done; cat /proc/interrupts /sys/class/net/eth0/flags";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [Scene(Needs.Uml), Trait("Tier", "ci")]
    public async Task A_driver_that_was_unloaded_and_loaded_again_finds_a_whole_device()
    {
        await using UmlHost lab = await UmlHost.UpAsync("vhost-user", "alpha");
        UmlGuest alpha = lab["alpha"];
        string address = (await alpha.Lease).Address;
        for (int i = 0; i < Times; i++)
        {
            Task<string> unload = alpha.MustAsync("busybox rmmod virtio_net && [ ! -d /sys/class/net/eth0 ]");
            if (await Task.WhenAny(unload, Task.Delay(Limit)) != unload)
            {
                Assert.Fail($"unloading does not end in round {i}: {await alpha.MustAsync(Why)}");
            }

            await alpha.MustAsync("busybox insmod /usr/lib/uml/modules/$(uname -r)/kernel/drivers/net/virtio_net.ko && [ -d /sys/class/net/eth0 ]");
            Assert.Equal(lab.Gateway, await alpha.AskAgainAsync());
            await alpha.PingAsync(lab.Gateway);
        }

        Assert.Contains($" {address}/", await alpha.MustAsync("busybox ip address show dev eth0"));
    }
}
