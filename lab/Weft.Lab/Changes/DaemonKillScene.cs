using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Weft.Cli.Client;
using Weft.Cli.Demo;
using Weft.Cli.Output;
using Weft.Lab.Survival;
using Weft.Model;
using Weft.Model.Api;
using Xunit.Abstractions;

namespace Weft.Lab.Changes;

/// <summary>weftd dies in the midst of a change; the next one has all of it or nothing, in the store, the history and the worker.</summary>
public sealed class DaemonKillScene(ITestOutputHelper output)
{
    private const int Networks = 8;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [Scene]
    public async Task A_change_is_whole_or_not_at_all_whenever_weftd_dies()
    {
        int[] ports = [.. Enumerable.Range(0, 2 * Networks).Select(_ => FreePort.Tcp()).Distinct()];
        string[] texts = [Topology(ports[..Networks], "even"), Topology(ports[Networks..], "odd")];
        await using WeftHome home = await WeftHome.UpAsync(texts[0]);
        Random random = new(8);
        Assert.True(TryApply(home, texts[1]));
        Stopwatch clock = Stopwatch.StartNew();
        Assert.True(TryApply(home, texts[0]));
        int usual = (int)clock.ElapsedMilliseconds;
        int now = 0;
        int broken = 0;
        int whole = 0;
        for (int kill = 0; kill < Tier.Of(8, 300); kill++)
        {
            int wanted = 1 - now;
            int daemon = HomeProcesses.Find(home.Home, "daemon").Single();
            Task<bool> change = Task.Run(() => TryApply(home, texts[wanted]));
            await Task.Delay(random.Next(0, usual * 3 / 2));
            using (Process process = Process.GetProcessById(daemon))
            {
                process.Kill();
            }

            // Nobody need take its exit code.
            SpinWait.SpinUntil(() => !ProcessTable.Runs(daemon));

            bool acknowledged = await change;
            broken += acknowledged ? 0 : 1;
            string text = await home.Weft.RunAsync("export");
            int found = Array.IndexOf(texts, text);
            Assert.True(found >= 0 && (found == wanted || !acknowledged), $"kill {kill}: acknowledged {acknowledged}, found\n{text}");
            now = found;
            await ListensAsync(ports, found, kill);
            whole += found == wanted ? 1 : 0;
        }

        output.WriteLine($"{broken} changes were cut off, {whole} are there; one takes {usual} ms");
        Assert.True(broken > 0, "no kill met a change");
        StatusDocument status = await home.StatusAsync();
        Assert.Equal((0, 0), (status.Worker.Restarts, status.Problems.Length));
    }

    /// <summary>The worker's sockets: exactly those of the state that was found.</summary>
    private static async Task ListensAsync(int[] ports, int found, int kill)
    {
        for (Stopwatch wait = Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            bool[] listening = [.. ports.Select(Answers)];
            if (listening.Index().All(p => p.Item == (p.Index / Networks == found)))
            {
                return;
            }

            Assert.True(wait.Elapsed < Limit, $"kill {kill}: half of a change is there: {string.Join(' ', listening)}");
        }
    }

    private static bool Answers(int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>False when it was cut off.</summary>
    private static bool TryApply(WeftHome home, string text)
    {
        using ApiClient client = new(new HomeFolder(home.Home));
        try
        {
            client.Post(ApiPaths.Apply, new UpRequest(text, "lab.weft.yml"), ApiJson.Default.UpRequest, ApiJson.Default.ChangeReply);
            return true;
        }
        catch (CommandException)
        {
            return false;
        }
    }

    private static string Topology(int[] ports, string name) => $"""
        # {name}
        networks:
        {string.Join('\n', ports.Select((_, i) => $"  {name}{i}: nat-network"))}
        vms:
        {string.Join('\n', ports.Select((_, i) => $"  vm{i}: [{name}{i}]   # one of many"))}
        forwards:
        {string.Join('\n', ports.Select((port, i) => $"  - {port}:vm{i}:80"))}

        """;
}
