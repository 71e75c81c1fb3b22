using System.Diagnostics;
using System.Net.Sockets;
using System.Reflection;
using System.Text.Json;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Planning;

namespace Weft.Cli.Doctor;

/// <summary>Reads the facts of this host. Starts nothing, connects to no guest's socket, and takes what cannot be read as unknown.</summary>
internal static class HostReader
{
    private const int LastLines = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly (string Name, string Argument)[] Hypervisors =
        [("qemu-system-x86_64", "--version"), ("qemu-system-aarch64", "--version"), ("cloud-hypervisor", "--version"), ("crosvm", "version"),
            ("firecracker", "--version"), ("virsh", "--version"), ("linux.uml", "--version")];

    public static HostFacts Read(HomeFolder home)
    {
        StatusDocument? running = Running(home);
        int worker = running?.Worker.Pid ?? 0;
        return new HostFacts
        {
            Home = home.Path,
            Kernel = Text("/proc/sys/kernel/osrelease").Trim(),
            Limits = Text(worker > 0 ? $"/proc/{worker}/limits" : "/proc/self/limits") is { Length: > 0 } limits ? limits : Text("/proc/self/limits"),
            PingRange = Text(PingGroups.RangeFile),
            Status = Text(PingGroups.StatusFile),
            TunProblem = OpenProblem("/dev/net/tun"),
            KvmProblem = OpenProblem("/dev/kvm"),
            Memory = Text("/proc/meminfo"),
            HomeProblem = HomeProblem(home),
            HomeFree = FreeBytes(home.Path),
            LongestPath = System.Text.Encoding.UTF8.GetByteCount(home.WorkerSocket),
            StaleSockets = StaleSockets(home),
            Routes = HostRoutes.Parse(Text(HostRoutes.File).Split('\n')),
            ResolvConf = Text("/etc/resolv.conf"),
            ResolvedConf = ResolvedReader.Read(""),
            Firewalls = [.. Firewalls()],
            Hypervisors = [.. Hypervisors.Select(h => (h.Name, Version: VersionOf(h.Name, h.Argument))).Where(h => h.Version is not null)
                .Select(h => (h.Name, h.Version!))],
            Subnets = running is null ? StoredState.Subnets(home) : [.. running.Networks.Where(n => n.Subnet is not null).Select(n => (n.Name, n.Subnet!))],
            Forwards = running is null ? StoredState.Forwards(home) : [.. running.Networks.SelectMany(n => n.Forwards).Select(f => f.Forward)],
            Version = OwnVersion,
            Executable = Environment.ProcessPath ?? "",
            Processes = running is null ? [] : [.. Processes(running)],
            Running = running,
            WorkerAnswers = Answers(() => ApiClient.WorkerAnswers(home)),
            LastWords = [.. Text($"{home.Run}/keeper.log").Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(LastLines)],
        };
    }

    private static string OwnVersion =>
        Assembly.GetExecutingAssembly().GetName().Version is { } v ? $"{v.Major}.{v.Minor}.{v.Build}" : "0";

    public static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static StatusDocument? Running(HomeFolder home)
    {
        try
        {
            if (!ApiClient.Answers(home))
            {
                return null;
            }
            using ApiClient client = new(home);
            return client.Get(ApiPaths.Status, ApiJson.Default.StatusDocument);
        }
        catch (Exception problem) when (problem is CommandException or JsonException or ArgumentException)
        {
            return null;
        }
    }

    private static bool Answers(Func<bool> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception problem) when (problem is CommandException or SocketException or ArgumentException)
        {
            return false;
        }
    }

    private static string OpenProblem(string device)
    {
        try
        {
            using FileStream opened = new(device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            return "";
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return "it is not there";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return problem.Message.ReplaceLineEndings(" ");
        }
    }

    /// <summary>Tries it in the nearest folder that is there, so that nothing is made for a look.</summary>
    private static string HomeProblem(HomeFolder home)
    {
        string folder = Nearest(home.Path);
        string probe = Path.Combine(folder, $".weft-probe-{Environment.ProcessId}");
        try
        {
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return "";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return problem.Message.ReplaceLineEndings(" ");
        }
    }

    private static string Nearest(string folder)
    {
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } above)
        {
            folder = above;
        }
        return folder;
    }

    private static long FreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(Nearest(folder)).AvailableFreeSpace;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return -1;
        }
    }

    /// <summary>By /proc/net/unix: to connect would be to attach a guest.</summary>
    private static string[] StaleSockets(HomeFolder home)
    {
        if (!Directory.Exists(home.Run))
        {
            return [];
        }
        HashSet<string> bound = [.. Text("/proc/net/unix").Split('\n').Select(l => l.Split(' ', 8, StringSplitOptions.RemoveEmptyEntries))
            .Where(w => w.Length == 8).Select(w => w[7])];
        try
        {
            return [.. Directory.EnumerateFiles(home.Run, "*", SearchOption.AllDirectories)
                .Where(f => Path.GetExtension(f) is ".sock" or ".vhost" && !bound.Contains(f)).Order(StringComparer.Ordinal)];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static IEnumerable<string> Firewalls()
    {
        if (Directory.Exists("/run/firewalld"))
        {
            yield return "firewalld";
        }
        if (Text("/etc/ufw/ufw.conf").Contains("ENABLED=yes", StringComparison.Ordinal))
        {
            yield return "ufw";
        }
    }

    private static IEnumerable<(string Role, int Pid, string Executable)> Processes(StatusDocument running)
    {
        List<(string Role, int Pid)> roles = [("weftd", running.DaemonPid)];
        if (running.Worker.Pid > 0)
        {
            roles.Add(("worker", running.Worker.Pid));
            string parent = Text($"/proc/{running.Worker.Pid}/status").Split('\n')
                .FirstOrDefault(l => l.StartsWith("PPid:", StringComparison.Ordinal)) ?? "";
            if (int.TryParse(parent["PPid:".Length..].Trim(), out int keeper) && keeper > 1)
            {
                roles.Add(("keeper", keeper));
            }
        }
        foreach ((string role, int pid) in roles)
        {
            string? target = null;
            try
            {
                target = new FileInfo($"/proc/{pid}/exe").LinkTarget;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // It ended, or is not ours to look into.
            }
            if (target is not null)
            {
                yield return (role, pid, target);
            }
        }
    }

    /// <summary>The version that a program says it has; null when it is not there.</summary>
    private static string? VersionOf(string program, string argument)
    {
        bool isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));
        if (!isThere)
        {
            return null;
        }
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, [argument])
                { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
            Task<string> said = process.StandardOutput.ReadToEndAsync();
            if (!said.Wait(Patience))
            {
                process.Kill();
                return "";
            }
            return said.Result.Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(w => w.Any(char.IsAsciiDigit) && w.Contains('.')) ?? "";
        }
        catch (Exception problem) when (problem is System.ComponentModel.Win32Exception or IOException or AggregateException)
        {
            return "";
        }
    }
}
