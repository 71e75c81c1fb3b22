using System.Diagnostics;
using Weft.Cli.Demo;
using Weft.Engine.State;
using Weft.Lab.Guests;
using Weft.Model.Api;

namespace Weft.Lab.Load;

/// <summary>
/// A Weft in a network namespace that plays the host, with namespaces and plain sockets as guests. Nothing that a flood sends
/// leaves it: the documentation's addresses end at an interface that nobody reads. Its ports and its TIME_WAITs are its own.
/// </summary>
internal sealed class LoadStage : IAsyncDisposable
{
    private const string Nowhere = """
        ip tuntap add dev nowhere mode tun && ip link set nowhere up && ip addr add 198.51.100.1/24 dev nowhere
        ip route add 192.0.2.0/24 dev nowhere
        """;

    private LoadStage(NamespaceGuest host, WeftHome home, NamespaceGuest[] guests, GuestLease[] leases)
    {
        Host = host;
        Home = home;
        Guests = guests;
        Leases = leases;
    }

    public NamespaceGuest Host { get; }

    public WeftHome Home { get; }

    public NamespaceGuest[] Guests { get; }

    public GuestLease[] Leases { get; }

    public NamespaceGuest Guest => Guests[0];

    public string Gateway => Leases[0].Gateway;

    /// <summary>VMs vm1, vm2 … behind TAPs and raw1, raw2 … on sockets, all on the network "lab".</summary>
    /// <param name="descriptors">What every process of Weft may open; 0 = as many as here.</param>
    public static async Task<LoadStage> UpAsync(int guests = 1, int raw = 0, int descriptors = 0)
    {
        NamespaceGuest host = await NamespaceGuest.CreateAsync();
        string[] runner = ["ip", "netns", "exec", host.Reference, "sh", "-c", $"{(descriptors > 0 ? $"ulimit -n {descriptors}; " : "")}exec \"$@\"", "sh"];
        LoadStage stage = new(host, new WeftHome(runner), new NamespaceGuest[guests], new GuestLease[guests]);
        try
        {
            await host.MustAsync(Nowhere);
            for (int i = 0; i < guests; i++)
            {
                stage.Guests[i] = await NamespaceGuest.CreateAsync();
            }
            await stage.Home.ApplyAsync(stage.Topology(raw));
            for (int i = 0; i < guests; i++)
            {
                stage.Leases[i] = await stage.Guests[i].DhcpAsync(NamespaceHost.Tap(i));
            }
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public Task<StatusDocument> StatusAsync() => Home.StatusAsync();

    public async Task<int> WorkerAsync() => (await StatusAsync()).Worker.Pid;

    public int Keeper => Assert.Single(HomeProcesses.Find(Home.Home, "keeper"));

    /// <summary>Waits for a status that shows it.</summary>
    public async Task<StatusDocument> UntilAsync(Func<StatusDocument, bool> good, string what, TimeSpan? limit = null)
    {
        Stopwatch wait = Stopwatch.StartNew();
        StatusDocument seen = await StatusAsync();
        while (!good(seen) && wait.Elapsed < (limit ?? TimeSpan.FromSeconds(20)))
        {
            await Task.Delay(100);
            seen = await StatusAsync();
        }
        Assert.True(good(seen), $"waited for {what}, last saw {seen.Flows}, {string.Join(", ", seen.Networks.SelectMany(n => n.DropsByReason))}");
        return seen;
    }

    /// <summary>Of the one network's gateway.</summary>
    public byte[] GatewayMac() => WorkerDoor.Look(Home.Home, state =>
    {
        RecordArray<NetworkRecord> networks = state.Array<NetworkRecord>(SharedArray.Networks);
        int at = Enumerable.Range(0, networks.Capacity).First(i => networks[i].Id != 0);
        return Convert.FromHexString(networks[at].GatewayMac.ToString().Replace(":", ""));
    });

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Home.DisposeAsync();
        }
        finally
        {
            foreach (NamespaceGuest guest in Guests.OfType<NamespaceGuest>().Append(Host))
            {
                await guest.DisposeAsync();
            }
        }
    }

    private string Topology(int raw)
    {
        IEnumerable<string> vms = Guests.Select((g, i) => $"vm{i + 1}: [{{ net: lab, attach: tap, tap: {{ name: {NamespaceHost.Tap(i)}, netns: \"{g.Reference}\" }} }}]")
            .Concat(Enumerable.Range(1, raw).Select(i => $"raw{i}: [{{ net: lab, attach: seqpacket }}]"));
        return $"networks: {{ lab: nat-network }}\nvms: {{ {string.Join(", ", vms)} }}\n";
    }
}
