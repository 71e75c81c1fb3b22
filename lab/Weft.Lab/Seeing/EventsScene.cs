using Weft.Lab.Guests;

namespace Weft.Lab.Seeing;

/// <summary>What happens to a guest, as <c>weft events -f</c> and the other onlookers tell it.</summary>
public sealed class EventsScene
{
    [Scene(Needs.Tap)]
    public async Task A_followed_Weft_tells_of_cable_lease_restart_and_forward()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        using RunningWeft events = new(lab.Home, "events", "-f");
        List<string> seen = [];
        Task reading = Task.Run(async () =>
        {
            while (await events.Output.ReadLineAsync() is { } line)
            {
                lock (seen)
                {
                    seen.Add(line);
                }
            }
        });
        Task Comes(params string[] words) => Eventually.Async(() => { lock (seen) { return seen.Exists(line => words.All(line.Contains)); } }, string.Join(' ', words));

        await Task.Delay(500); // it follows from when it is connected
        await lab.Home.Weft.RunAsync("nic", "unplug", "vm1:1");
        await Comes("nic-disconnected", "vm1:1");
        await lab.Home.Weft.RunAsync("nic", "plug", "vm1:1");
        await Comes("nic-connected", "vm1:1");
        await lab.Home.Weft.RunAsync("forward", "add", $"{FreePort.Tcp()}:vm1:80");
        await Comes("forward-added", "vm1:80");
        await lab.Home.KillWorkerAsync();
        await Comes("worker-restarted", "took over");
        events.Kill();
        await reading;

        string latest = await lab.Home.Weft.RunAsync("events");
        Assert.Contains("\"kind\":\"lease\"", latest);
        Assert.Contains("worker-restarted", latest);
        string logs = await lab.Home.Weft.RunAsync("logs", "-n", "50");
        Assert.Contains(" weftd ", logs);
        Assert.Contains(" keeper ", logs);
        string top = await lab.Home.Weft.RunAsync("top", "--once");
        Assert.Contains("vm1:1", top);
    }
}
