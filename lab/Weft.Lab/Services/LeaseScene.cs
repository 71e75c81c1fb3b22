using Weft.Cli.Demo;
using Weft.Lab.Guests;

namespace Weft.Lab.Services;

/// <summary>A guest keeps its address: over a renewal, a worker's death, and everything being taken down.</summary>
public sealed class LeaseScene
{
    [Scene(Needs.Tap)]
    public async Task An_address_is_renewed_across_a_kill_of_the_worker()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        string said = lab.Home.Folder.File("said"), pid = lab.Home.Folder.File("pid");
        string script = Path.Combine(AppContext.BaseDirectory, "Guests", "namespace-dhcp.sh");
        await lab.Guest.MustAsync($"setsid busybox udhcpc -f -t 20 -T 1 -i {NamespaceHost.Tap(0)} -s {script} -p {pid} </dev/null >{said} 2>&1 &");
        string lease = $"lease {lab.Leases[0].Address} ";
        await Eventually.Async(() => Count(said, lease) == 1, "the lease");

        await lab.Home.KillWorkerAsync();
        await lab.Guest.MustAsync($"kill -USR1 $(cat {pid})"); // renew now
        await Eventually.Async(() => Count(said, lease) == 2, "the renewal");

        await lab.Guest.MustAsync($"kill -USR2 $(cat {pid}); sleep 0.3; kill -USR1 $(cat {pid})"); // release, ask again
        await Eventually.Async(() => Count(said, lease) == 3, "the same address again");
        await lab.Guest.MustAsync($"kill $(cat {pid})");
    }

    [Scene(Needs.Tap | Needs.Dhclient)]
    public async Task An_address_outlives_down_and_up()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync(guests: 2);
        await lab.Home.Weft.RunAsync("down");
        await lab.Home.Weft.RunAsync("up", lab.Home.Folder.File("lab.weft.yml"));

        // The second guest asks first; what was promised is kept for the first.
        GuestLease second = await lab.Guests[1].DhclientAsync(NamespaceHost.Tap(1), lab.Home.Folder);
        GuestLease first = await lab.Guests[0].DhcpAsync(NamespaceHost.Tap(0));
        Assert.Equal((lab.Leases[0].Address, lab.Leases[1].Address), (first.Address, second.Address));
    }

    private static int Count(string file, string text) => File.ReadAllText(file).Split(text).Length - 1;
}
