using System.Diagnostics;
using Weft.Cli.Demo;
using Weft.Model.Api;

namespace Weft.Lab.Vhost;

/// <summary>
/// Two cards in one dpdk-testpmd, whose driver polls and takes no calls: what comes in at one goes out at the other, so that
/// frames circulate through Weft, whose counters tell of them. Its commands are those of its prompt.
/// </summary>
internal sealed class TestpmdGuest : IAsyncDisposable
{
    private const int MemoryMiB = 256;
    private static int s_count;

    private readonly Process _pmd;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _said = [];

    private TestpmdGuest(Process pmd)
    {
        _pmd = pmd;
        pmd.OutputDataReceived += Hear;
        pmd.ErrorDataReceived += Hear;
        pmd.BeginOutputReadLine();
        pmd.BeginErrorReadLine();
    }

    public bool HasEnded => _pmd.HasExited;

    /// <summary>Starts it; frames circulate when this returns, or are on their way to do so.</summary>
    /// <param name="ports">The two cards' places.</param>
    /// <param name="listens">It listens at the sockets, and Weft dials.</param>
    public static async Task<TestpmdGuest> StartAsync(PortDocument[] ports, bool listens = false)
    {
        string name = $"weft-lab-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
        string server = listens ? ",server=1" : "";
        string cards = string.Join(' ', ports.Select((port, i) => $"--vdev net_virtio_user{i},path={port.Path},mac={port.Mac}{server}"));
        string line = $"stdbuf -oL dpdk-testpmd --lcores 0@0,1@1 --no-huge -m {MemoryMiB} --no-pci --no-shconf --no-telemetry --file-prefix={name} {cards} " +
            $"-- -i --nb-cores=1 --total-num-mbufs=8192 --no-flush-rx --forward-mode=io --eth-peer=0,{ports[1].Mac} --eth-peer=1,{ports[0].Mac}";
        TestpmdGuest guest = new(Process.Start(new ProcessStartInfo("setsid", line)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        try
        {
            await guest._ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
            guest.Send();
            return guest;
        }
        catch (TimeoutException)
        {
            string said = guest.Said;
            await guest.DisposeAsync();
            throw new TimeoutException($"testpmd did not start; it said: {said}");
        }
    }

    /// <summary>Puts frames on the road; those that were there are taken off.</summary>
    public void Send()
    {
        Say("stop");
        Say("start tx_first 2");
    }

    public string Said
    {
        get
        {
            lock (_said)
            {
                return string.Join(" / ", _said.TakeLast(20));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ProcessSession.EndAsync(_pmd.Id);
        await _pmd.WaitForExitAsync();
        _pmd.Dispose();
    }

    private void Say(string command)
    {
        _pmd.StandardInput.WriteLine(command);
        _pmd.StandardInput.Flush();
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (_said)
        {
            _said.Add(line.Data ?? "");
        }

        // The last of what it says before it asks for commands.
        if (line.Data == "Done")
        {
            _ready.TrySetResult();
        }
    }
}
