using System.Diagnostics;
using System.Text;

namespace Weft.Bench.Guests;

/// <summary>
/// A User-Mode Linux guest with one NIC: a real Linux kernel as an ordinary process, the host's files as its root, commands
/// over its console. It runs in a session of its own, and ending it is ending the session: its kernel is several processes.
/// </summary>
internal sealed class Guest : IDisposable
{
    /// <summary>Boots in 0.3 s instead of 1.5: some self-measuring, old terminals and zswap are left out.</summary>
    private const string FastBoot =
        "quiet lpj=17244160 initcall_blacklist=raid6_select_algo,init_zswap pty.legacy_count=0";
    private const string End = "#end";
    private static readonly TimeSpan _bootLimit = TimeSpan.FromSeconds(30);

    private readonly string _name;
    private readonly Process _kernel;

    /// <summary>Starts to boot; <see cref="Await"/> says when it is up.</summary>
    public Guest(string folder, string nic, string address)
    {
        Directory.CreateDirectory(folder);
        _name = Path.GetFileName(folder);
        string init = Path.Combine(AppContext.BaseDirectory, "Guests", "guest-init.sh");
        // While it is killed, its helpers crash and say so.
        string line = $"exec 2>/dev/null linux.uml mem=192M uml_dir={folder} umid={_name} root=none rootfstype=hostfs rootflags=/ ro " +
            $"con=null con0=fd:0,fd:1 {FastBoot} bench.address={address} {nic} init=/bin/busybox -- sh {init}";
        _kernel = Process.Start(new ProcessStartInfo("setsid", ["/bin/sh", "-c", line])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    /// <summary>Several guests boot side by side; this waits for one.</summary>
    public void Await() => ReadUntilEnd("boot", _bootLimit);

    /// <summary>What a shell command prints, in the guest.</summary>
    public string Run(string command, int seconds)
    {
        Interrupt.Check();
        _kernel.StandardInput.WriteLine(command);
        _kernel.StandardInput.Flush();
        return ReadUntilEnd(command, TimeSpan.FromSeconds(seconds));
    }

    public void Dispose()
    {
        Shell.Run($"pkill -KILL --session {_kernel.Id}", mayFail: true);
        _kernel.WaitForExit();
        _kernel.Dispose();
    }

    private string ReadUntilEnd(string what, TimeSpan limit)
    {
        StringBuilder output = new();
        DateTime late = DateTime.UtcNow + limit;
        while (true)
        {
            Task<string?> reading = _kernel.StandardOutput.ReadLineAsync();
            TimeSpan left = late - DateTime.UtcNow;
            if (left <= TimeSpan.Zero || !reading.Wait(left))
            {
                throw new TimeoutException($"guest {_name} is late: {what}; it said: {output.ToString().Trim()}");
            }
            switch (reading.Result?.TrimEnd('\r'))
            {
                case null:
                    throw new InvalidOperationException($"guest {_name} has ended; it said: {output.ToString().Trim()}");
                case End:
                    return output.ToString();
                case string line:
                    output.AppendLine(line);
                    break;
            }
        }
    }
}
