using Weft.Cli.Demo;
using Weft.Lab.Guests;

namespace Weft.Lab.Services;

/// <summary>Names of guests as dig sees them from the host, by weftd's own name server.</summary>
public sealed class HostNamesScene
{
    [Scene(Needs.Tap)]
    public async Task The_host_asks_for_its_guests_by_name()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync(guests: 2);
        string[] at = ["@127.0.0.1", "-p", $"{FreePort.Tcp()}"];
        string place = $"{at[0][1..]}:{at[2]}", network = (await lab.Home.StatusAsync()).Networks[0].Name, address = lab.Leases[1].Address;
        Assert.Contains($"answer names at {place}", await lab.Home.Weft.RunAsync("up", lab.Home.Folder.File("lab.weft.yml"), "--dns", place));

        Assert.Equal(address, await Short(at, "vm2.weft.internal"));
        Assert.Equal(address, await Short(at, "+tcp", $"vm2.{network}.weft.internal"));
        Assert.Equal($"vm2.{network}.weft.internal.", await Short(at, "-x", address));
        Assert.Equal(lab.Gateway, await Short(at, "host.weft.internal"));
        Assert.Contains($"{address} ", await lab.Home.Weft.RunAsync("resolve", "vm2"));
        string nobody = await Dig(at, "nobody.weft.internal");
        Assert.Contains("status: NXDOMAIN", nobody);
        Assert.Contains("flags: qr aa rd;", nobody);
        string other = await Dig(at, "vm2.weft.internal", "AAAA");
        Assert.Contains("status: NOERROR", other);
        Assert.Contains("ANSWER: 0", other);
        Assert.Contains("status: REFUSED", await Dig(at, "www.example.com"));
        Assert.DoesNotContain("Warning", await Dig(at, "vM2.Weft.Internal", "+edns=0"));

        // Names come from what is stored and from the worker's records: they are there again with the next worker and the next weftd.
        await lab.Home.KillWorkerAsync();
        Assert.Equal(address, await Short(at, "vm2.weft.internal"));
        await lab.Home.KillDaemonAsync();
        await lab.Home.StatusAsync();
        Assert.Equal(address, await Short(at, "vm2.weft.internal"));

        await lab.Home.Weft.RunAsync("up", lab.Home.Folder.File("lab.weft.yml"), "--dns", "off");
        Assert.Contains("refused", await Dig(at, "vm2.weft.internal"));
    }

    private static async Task<string> Short(string[] at, params string[] question) => (await Dig([.. at, "+short"], question)).Trim();

    private static async Task<string> Dig(string[] at, params string[] question) =>
        (await Shell.RunAsync(["dig", .. at, "+time=3", "+tries=1", .. question])).Text;
}
