using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Weft.Cli.Demo;

/// <summary>What the demo shows, in this order. Every method proves one thing and returns what was seen.</summary>
internal sealed class DemoScript(DemoStage stage, CancellationToken cancel)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private UmlGuest Alpha => stage.Alpha;

    public async Task<string> WeftIsUp()
    {
        await stage.UpAsync(cancel);
        return $"as {Environment.UserName}, 127.0.0.1:{stage.ForwardPort} leads to alpha:80";
    }

    public async Task<string> GuestsBoot()
    {
        await stage.BootAsync(cancel, "alpha", "beta");
        return $"Linux {await Answer(Alpha, "uname -r")}";
    }

    public async Task<string> GuestsHaveAddresses()
    {
        GuestLease alpha = await Alpha.Lease.WaitAsync(Soon, cancel);
        GuestLease beta = await stage.Beta.Lease.WaitAsync(Soon, cancel);
        return $"alpha {alpha.Address}, beta {beta.Address}, gateway {alpha.Gateway}";
    }

    public async Task<string> AlphaPingsBetaByName()
    {
        string said = await Answer(Alpha, "busybox ping -c 2 -W 2 beta");
        string address = (await stage.Beta.Lease).Address;
        return said.Contains($"({address})") && said.Contains(" 2 packets received")
            ? $"{address} answers, {RoundTrip(said)}"
            : throw new DemoFailure(said);
    }

    public async Task<string> AlphaFetchesAPage()
    {
        string said = await Answer(Alpha, $"timeout 5 busybox wget -q -O - http://{(await Alpha.Lease).Gateway}:{stage.Server.Port}/");
        return said == DemoWebServer.Page.Trim() ? $"\"{said}\"" : throw new DemoFailure($"it got \"{said}\"");
    }

    public async Task<string> AlphaResolvesTheHost()
    {
        const string Name = "host.weft.internal";
        string said = await Answer(Alpha, $"getent ahostsv4 {Name} || busybox nslookup {Name}");
        return IPAddress.TryParse(said.Split(' ', 2)[0], out IPAddress? address)
            ? $"{Name} is {address}"
            : throw new DemoFailure(said);
    }

    public async Task<string> HostReachesAlpha()
    {
        await Answer(Alpha, "mkdir -p /run/www; echo hello from alpha >/run/www/index.html; busybox httpd -p 80 -h /run/www");
        using HttpClient client = new() { Timeout = Soon };
        string page = await client.GetStringAsync($"http://127.0.0.1:{stage.ForwardPort}/", cancel);
        return page.Trim() is "hello from alpha" ? $"\"{page.Trim()}\"" : throw new DemoFailure($"it got \"{page.Trim()}\"");
    }

    public async Task<string> DownloadSurvivesAKill()
    {
        Stopwatch time = Stopwatch.StartNew();
        int worker = (await stage.Weft.StatusAsync()).Worker.Pid;
        Task<GuestResult> download = Alpha.RunAsync(
            $"timeout 30 busybox wget -q -O - http://{(await Alpha.Lease).Gateway}:{stage.Server.Port}/pattern | sha256sum",
            TimeSpan.FromSeconds(40), cancel);
        long sentAtKill = await KillAtAThird(worker, download);
        GuestResult got = await download;
        time.Stop();

        string expected = PatternStream.Hash(DemoWebServer.Seed, DemoStage.DownloadBytes);
        if (!got.Ok || !got.Text.StartsWith(expected, StringComparison.Ordinal))
        {
            throw new DemoFailure($"the hash should be {expected}; sha256sum says {got.Text}");
        }

        var after = (await stage.Weft.StatusAsync()).Worker;
        return after.Pid == worker
            ? throw new DemoFailure($"worker {worker} was to be killed and still runs")
            : string.Create(CultureInfo.InvariantCulture,
                $"worker {worker} killed at {100 * sentAtKill / DemoStage.DownloadBytes} %, {after.Pid} took over in {after.TakeoverMilliseconds:0} ms, hash right, {DemoStage.DownloadBytes / 1e6 / time.Elapsed.TotalSeconds:0} MB/s");
    }

    public async Task<string> QuietStaysClosed()
    {
        string[] nics = await stage.Weft.UmlNicsAsync("gamma");
        IPAddress alpha = IPAddress.Parse((await Alpha.Lease).Address);
        using QuietPlug speaker = new(nics[0]);
        using QuietPlug listener = new(nics[1]);
        speaker.AskFor(alpha);
        for (Stopwatch wait = Stopwatch.StartNew(); listener.Heard.Length == 0 && wait.Elapsed < Soon; await Task.Delay(10, cancel))
        {
        }

        // The network lives. Whatever else is heard there comes from outside.
        int own = listener.Heard.Length;
        await Alpha.RunAsync("busybox arping -c 2 -w 2 -I eth0 10.255.255.1", cancel: cancel);
        return (own, listener.Heard.Length, speaker.Heard.Length) switch
        {
            (1, 1, 0) => "a broadcast there stays there, alpha's broadcasts do not come in",
            (0, _, _) => throw new DemoFailure("not even its own members hear each other"),
            var (_, all, back) => throw new DemoFailure($"{all - 1 + back} frames came from outside"),
        };
    }

    private async Task<long> KillAtAThird(int worker, Task download)
    {
        while (stage.Server.PatternSent < DemoStage.DownloadBytes / 3 && !download.IsCompleted)
        {
            await Task.Delay(5, cancel);
        }

        long sent = stage.Server.PatternSent;
        if (download.IsCompleted || sent == DemoStage.DownloadBytes)
        {
            throw new DemoFailure("the download ended before the kill");
        }

        using Process process = Process.GetProcessById(worker);
        process.Kill();
        return sent;
    }

    private async Task<string> Answer(UmlGuest guest, string command)
    {
        GuestResult result = await guest.RunAsync(command, TimeSpan.FromSeconds(15), cancel);
        return result.Ok ? result.Text : throw new DemoFailure($"{guest.Name} says: {result.Text}");
    }

    private static string RoundTrip(string ping)
    {
        // round-trip min/avg/max = 0.215/0.262/0.310 ms
        string[] times = ping[(ping.LastIndexOf('=') + 1)..].Trim().Split('/');
        return times.Length == 3 ? $"{times[1]} ms" : "2 of 2";
    }
}
