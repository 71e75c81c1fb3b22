using System.Diagnostics;
using System.Text;

namespace Weft.Bench.Vhost;

/// <summary>
/// dpdk-testpmd, main thread and worker on one processor. Its commands come through a named pipe, so that a shell line can
/// give them too; the bench holds the pipe open, and testpmd ends when the bench does.
/// </summary>
internal sealed class TestPmd : IDisposable
{
    private readonly string _log;
    private readonly FileStream _commands;
    private readonly Process _process;

    public TestPmd(string folder, int processor, string memory, string devices, string options)
    {
        Directory.CreateDirectory(folder);
        Pipe = Path.Combine(folder, "commands");
        _log = Path.Combine(folder, "log");
        Shell.Run($"mkfifo {Pipe}");
        _commands = new FileStream(Pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        _process = Shell.Start(
            $"exec stdbuf -oL dpdk-testpmd --lcores 0@{processor},1@{processor} {memory} {devices} " +
            $"-- -i --nb-cores=1 --total-num-mbufs=16384 --no-flush-rx --forward-mode=io {options} <{Pipe} >{_log} 2>&1");
        try
        {
            Shell.WaitFor(IsReady, "dpdk-testpmd");
        }
        catch (TimeoutException late)
        {
            string said = Said;
            Dispose();
            throw new TimeoutException($"{late.Message}, which said last: {string.Join(" / ", said.Trim().Split('\n').TakeLast(5))}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Pid => _process.Id;

    public string Pipe { get; }

    public int Worker => Threads.Named(Pid, "rte-worker");

    private string Said => File.Exists(_log) ? File.ReadAllText(_log) : "";

    /// <summary>Shell line that gives a command and prints what it says to it within a tenth of a second.</summary>
    public string Ask(string command) => $"at=$(stat -c %s {_log}); echo {command} >{Pipe}; sleep 0.1; tail -c +$((at + 1)) {_log}";

    public void Say(string command) => _commands.Write([.. Encoding.ASCII.GetBytes(command), (byte)'\n']);

    private bool IsReady() =>
        _process.HasExited ? throw new InvalidOperationException($"dpdk-testpmd has ended: {Said}") : Said.Contains("testpmd>");

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Say("quit");
            _process.WaitForExit(3000);
        }
        Shell.Stop(_process);
        _commands.Dispose();
    }
}
