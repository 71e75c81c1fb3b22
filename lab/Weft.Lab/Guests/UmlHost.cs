using Weft.Cli.Demo;

namespace Weft.Lab.Guests;

/// <summary>A Weft with one NAT network named lab, and User-Mode Linux guests on it that came one way in and have their addresses.</summary>
internal sealed class UmlHost : IAsyncDisposable
{
    private readonly Dictionary<string, UmlGuest> _guests = [];

    private UmlHost(WeftHome home) => Home = home;

    public WeftHome Home { get; }

    public UmlGuest this[string vm] => _guests[vm];

    /// <summary>The network's gateway, which is the host.</summary>
    public string Gateway { get; private set; } = "";

    public static Task<UmlHost> UpAsync(string way, params string[] vms) => UpAsync(way, 96, vms);

    /// <param name="way">The word after <c>attach:</c>.</param>
    /// <param name="memoryMiB">Of each guest; 256 runs the lab's own program.</param>
    public static async Task<UmlHost> UpAsync(string way, int memoryMiB, params string[] vms)
    {
        UmlHost host = new(await WeftHome.UpAsync(
            $"networks: {{ lab: nat-network }}\nvms:\n{string.Concat(vms.Select(vm => $"  {vm}: [{{ net: lab, attach: {way} }}]\n"))}"));
        try
        {
            UmlGuest[] guests = await Task.WhenAll(vms.Select(vm => host.Home.BootAsync(vm, memoryMiB: memoryMiB)));
            foreach (UmlGuest guest in guests)
            {
                host._guests[guest.Name] = guest;
                host.Gateway = (await guest.Lease).Gateway;
            }

            return host;
        }
        catch
        {
            await host.DisposeAsync(); // nobody else would, after a start that failed
            throw;
        }
    }

    public ValueTask DisposeAsync() => Home.DisposeAsync();
}
