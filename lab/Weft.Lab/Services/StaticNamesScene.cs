using System.Diagnostics;
using System.Net;
using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Lab.Streams;

namespace Weft.Lab.Services;

/// <summary>Names that a network's owner gives, as dig sees them from a guest.</summary>
public sealed class StaticNamesScene
{
    [Scene(Needs.Tap)]
    public async Task Names_come_change_and_go_while_the_guest_runs_and_outlive_the_worker_without_weftd()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        string printer = lab.Gateway[..(lab.Gateway.LastIndexOf('.') + 1)] + "9";
        await lab.Home.Weft.RunAsync("dns", "set", "lab", "printer", printer);
        await lab.Home.Weft.RunAsync("dns", "set", "lab", "api.example.test", "192.0.2.7", "192.0.2.8");
        await AssertThereAsync(lab, printer);
        Assert.Contains($"printer           {printer}", await lab.Home.Weft.RunAsync("dns", "ls", "lab"));

        int worker = (await lab.Home.StatusAsync()).Worker.Pid;
        await lab.Home.KillDaemonAsync();
        using (Process process = Process.GetProcessById(worker))
        {
            process.Kill();
        }
        await Eventually.Async(() => Short(lab, "printer").Result == printer, "the next worker's answer");
        await AssertThereAsync(lab, printer);
        Assert.Empty(HomeProcesses.Find(lab.Home.Home, "daemon"));

        await lab.Home.Weft.RunAsync("dns", "set", "lab", "printer", "192.0.2.9");
        Assert.Equal("192.0.2.9", await Short(lab, "printer.weft.internal"));
        Assert.Contains("status: NXDOMAIN", await Dig(lab, $"-x {printer}"));
        await lab.Home.Weft.RunAsync("dns", "rm", "lab", "printer");
        Assert.Contains("status: NXDOMAIN", await Dig(lab, "printer.weft.internal"));
        Assert.Equal(lab.Leases[0].Address, await Short(lab, "vm1"));
        Assert.Equal(1, (await lab.Home.StatusAsync()).Worker.Restarts);
    }

    [Scene(Needs.Tap)]
    public async Task In_mode_nat_every_router_knows_them_and_no_flow_notices_a_change()
    {
        await using StreamServer server = new(IPAddress.Loopback);
        await using NamespaceHost lab = await NamespaceHost.UpAsync(guests: 2, mode: "{ mode: nat, names: { out: 192.0.2.1 } }");
        Task<string> stream = lab.Guest.StreamToolAsync($"put {lab.Gateway} {server.Port} {512L << 20} 1");
        for (int round = 1; round <= 5; round++)
        {
            await lab.Home.Weft.RunAsync("dns", "set", "lab", "printer", $"192.0.2.{round}");
            foreach (int guest in (int[])[0, 1])
            {
                Assert.Equal($"192.0.2.{round}", await Short(lab, "printer", guest));
                Assert.Equal("192.0.2.1", await Short(lab, "out.weft.internal", guest));
            }
        }

        StreamReport report = StreamReport.Parse(await stream);
        Assert.True(report.Right, report.ToString());
    }

    [Scene(Needs.Tap)]
    public async Task A_guest_has_the_name_that_it_calls_itself_once_the_owner_lets_go_of_it()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        string script = Path.Combine(AppContext.BaseDirectory, "Guests", "namespace-dhcp.sh");
        await lab.Home.Weft.RunAsync("dns", "set", "lab", "scanner", "192.0.2.5");
        await lab.Guest.MustAsync($"exec busybox udhcpc -f -q -n -t 20 -T 1 -x hostname:scanner -i {NamespaceHost.Tap(0)} -s {script}");
        Assert.Equal("192.0.2.5", await Short(lab, "scanner"));
        Assert.DoesNotContain("learned", await lab.Home.Weft.RunAsync("dns", "ls"));

        await lab.Home.Weft.RunAsync("dns", "rm", "lab", "scanner");
        Assert.Equal(lab.Leases[0].Address, await Short(lab, "scanner"));
        Assert.Contains("learned", await lab.Home.Weft.RunAsync("dns", "ls"));
    }

    private static async Task AssertThereAsync(NamespaceHost lab, string printer)
    {
        Assert.Equal(printer, await Short(lab, "printer"));
        Assert.Equal(printer, await Short(lab, "Printer.weft.internal"));
        Assert.Equal("printer.weft.internal.", await Short(lab, $"-x {printer}"));
        Assert.Equal("192.0.2.7\n192.0.2.8", await Short(lab, "api.example.test"));
        string nothing = await Dig(lab, "api.example.test AAAA");
        Assert.Contains("status: NOERROR", nothing);
        Assert.Contains("ANSWER: 0", nothing);
    }

    private static async Task<string> Short(NamespaceHost lab, string question, int guest = 0) =>
        (await lab.Guests[guest].RunAsync($"dig +short +time=3 +tries=1 @{lab.Leases[guest].Dns} {question}")).Text;

    private static async Task<string> Dig(NamespaceHost lab, string question) =>
        (await lab.Guest.RunAsync($"dig +time=3 +tries=1 @{lab.Leases[0].Dns} {question}")).Text;
}
