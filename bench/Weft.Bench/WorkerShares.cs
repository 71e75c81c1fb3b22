using System.Globalization;

namespace Weft.Bench;

/// <summary>
/// Where the worker spends its time in bulk transfer: perf samples it, and each sample counts for the owner of the code it
/// fell into. The software clock, since virtual machines seldom count cycles; a prime rate, so as not to beat with the tick.
/// </summary>
internal sealed class WorkerShares(int worker, int seconds)
{
    private const int SamplesPerSecond = 1999;
    private const int FewestSamples = 200;

    /// <summary>Fields of perf's report are parted by this.</summary>
    private const char Separator = ';';

    private static readonly CodeOwner[] _owners = Enum.GetValues<CodeOwner>();

    private readonly Samples _shares = new("NAT in bulk, where the worker's time goes", "% of samples; bar: managed at most 5");

    /// <summary>Samples the worker in the middle of one transfer, which is given the seconds it shall last.</summary>
    public void Add(string direction, Func<int, double> transfer)
    {
        if (!Programs.Has("perf", "linux-perf"))
        {
            return;
        }
        Task<double> running = Task.Run(() => transfer(seconds + 2));
        Thread.Sleep(TimeSpan.FromSeconds(2));
        Dictionary<CodeOwner, long> samples = Record();
        running.Wait();
        long all = samples.Values.Sum();
        if (all < FewestSamples)
        {
            Console.WriteLine($"{direction}: only {all} samples of the worker, not counted");
            return;
        }
        foreach (CodeOwner owner in _owners)
        {
            _shares.Add($"{direction}, {owner.ToString().ToLowerInvariant()}", 100.0 * samples.GetValueOrDefault(owner) / all);
        }
    }

    public void Print() => _shares.Print();

    private Dictionary<CodeOwner, long> Record()
    {
        string file = Path.Combine(Path.GetTempPath(), $"weft-perf-{Environment.ProcessId}");
        try
        {
            Shell.Run($"perf record -q -B -N -F {SamplesPerSecond} -e cpu-clock -p {worker} -o {file} -- sleep {seconds}", mayFail: true);
            return Count(Shell.Run($"perf report -q -i {file} --stdio --sort dso -F sample,dso -t '{Separator}'", mayFail: true));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Dictionary<CodeOwner, long> Count(string report)
    {
        Dictionary<CodeOwner, long> samples = [];
        foreach (string line in report.Split('\n'))
        {
            if (line.Split(Separator, 2) is [string number, string file] &&
                long.TryParse(number, CultureInfo.InvariantCulture, out long count))
            {
                CodeOwner owner = OwnerOf(file.Trim());
                samples[owner] = samples.GetValueOrDefault(owner) + count;
            }
        }
        return samples;
    }

    /// <summary>By the file that perf names. The JIT writes into a memfd, or into memory without a name.</summary>
    private static CodeOwner OwnerOf(string file) => file switch
    {
        _ when file.StartsWith("memfd:doublemapper") || file.StartsWith("[JIT]") || file.EndsWith(".dll") => CodeOwner.Managed,
        "//anon" or "anon" or "[unknown]" => CodeOwner.Managed,
        _ when file.StartsWith("libcoreclr") || file.StartsWith("libclr") || file.StartsWith("libSystem.") => CodeOwner.Runtime,
        _ when file.StartsWith("libc.") || file.StartsWith("ld-linux") || file.StartsWith("ld-musl") || file == "[vdso]" => CodeOwner.Libc,
        _ when file.StartsWith('[') => CodeOwner.Kernel,
        _ => CodeOwner.Other,
    };
}
