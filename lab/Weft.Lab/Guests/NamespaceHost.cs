using Weft.Cli.Demo;

namespace Weft.Lab.Guests;

/// <summary>A Weft with one NAT network and namespaces as guests on it, addresses taken.</summary>
internal sealed class NamespaceHost : IAsyncDisposable
{
    private NamespaceHost(WeftHome home, NamespaceGuest[] guests, GuestLease[] leases)
    {
        Home = home;
        Guests = guests;
        Leases = leases;
    }

    public WeftHome Home { get; }

    public NamespaceGuest[] Guests { get; }

    public GuestLease[] Leases { get; }

    public NamespaceGuest Guest => Guests[0];

    public string Gateway => Leases[0].Gateway;

    /// <summary>VMs vm1, vm2 …, each with the TAP "wl" and its number.</summary>
    public static async Task<NamespaceHost> UpAsync(int guests = 1, string mode = "nat-network")
    {
        NamespaceHost host = new(new WeftHome(), new NamespaceGuest[guests], new GuestLease[guests]);
        try
        {
            for (int i = 0; i < guests; i++)
            {
                host.Guests[i] = await NamespaceGuest.CreateAsync();
            }

            await host.Home.ApplyAsync(host.Topology(mode));
            for (int i = 0; i < guests; i++)
            {
                host.Leases[i] = await host.Guests[i].DhcpAsync(Tap(i));
            }

            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public static string Tap(int index) => $"wl{index + 1}";

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Home.DisposeAsync();
        }
        finally
        {
            foreach (NamespaceGuest guest in Guests.OfType<NamespaceGuest>())
            {
                await guest.DisposeAsync();
            }
        }
    }

    private string Topology(string mode)
    {
        IEnumerable<string> vms = Guests.Select((g, i) =>
            $"vm{i + 1}: [{{ net: lab, attach: tap, tap: {{ name: {Tap(i)}, netns: \"{g.Reference}\" }} }}]");
        return $"networks: {{ lab: {mode} }}\nvms: {{ {string.Join(", ", vms)} }}\n";
    }
}
