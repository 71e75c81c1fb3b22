using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Weft.Bench;

/// <summary>A Weft of the bench's own, with guests that are namespaces behind TAPs.</summary>
internal sealed class WeftStage : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("weft-bench-").FullName;
    private readonly string _weft;
    private readonly List<string> _spaces = [];

    public WeftStage(string weft)
    {
        _weft = weft;
    }

    public string Home => _home;

    /// <summary>Makes a namespace and returns its name.</summary>
    public string AddSpace(string name)
    {
        string space = $"wb-{Environment.ProcessId}-{name}";
        Shell.Run($"ip netns add {space} && ip -n {space} link set lo up");
        _spaces.Add(space);
        return space;
    }

    public void Up(string file)
    {
        string path = Path.Combine(_home, "bench.weft.yml");
        File.WriteAllText(path, file);
        Run($"up {path}");
    }

    public string Run(string arguments) => Shell.Run($"WEFT_HOME={_home} {_weft} {arguments}");

    public int WorkerPid()
    {
        using JsonDocument status = JsonDocument.Parse(Run("status -o json"));
        return status.RootElement.GetProperty("worker").GetProperty("pid").GetInt32();
    }

    /// <summary>Garbage collections in the worker's life.</summary>
    public long Collections()
    {
        using JsonDocument status = JsonDocument.Parse(Run("status -o json"));
        return status.RootElement.GetProperty("worker").GetProperty("collections").GetInt64();
    }

    /// <summary>Resident memory in MiB and CPU milliseconds so far.</summary>
    public static (double Resident, double Cpu) Cost(int pid)
    {
        using Process process = Process.GetProcessById(pid);
        return (process.WorkingSet64 / 1048576.0, process.TotalProcessorTime.TotalMilliseconds);
    }

    public void Dispose()
    {
        Shell.Run($"WEFT_HOME={_home} {_weft} down", mayFail: true);
        foreach (string space in _spaces)
        {
            Shell.Run($"ip netns del {space}", mayFail: true);
        }
        Directory.Delete(_home, recursive: true);
    }

    public static string Seconds(double seconds) => seconds.ToString(CultureInfo.InvariantCulture);
}
