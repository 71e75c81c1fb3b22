using System.Diagnostics;
using System.Globalization;

namespace Weft.Bench.Stall;

/// <summary>
/// The longest time for which frames stand still, between two guests of a worker that holds 1,000 networks: while nobody asks
/// the control process anything, and while it is asked as fast as it answers. Beside it, in turns, a C program that only
/// forwards, and one that only reads the clock: what the machine itself does to a process under the same load.
/// </summary>
internal sealed class StallBench(Options options)
{
    private const int Networks = 1000;
    private const int Microseconds = 100;
    private const string Loop = "C loop, clock alone", Bare = "C forwarder", Weft = "weft", First = ", API busy, ahead of all";

    private readonly Samples _longest = new("Longest stand-still of the data path; bar: weft at most 2 ms more than the C loop", "ms");
    private readonly Samples _median = new("A frame's way, median", "us");
    private readonly Samples _calls = new("API calls while it was measured", "1/s");
    private readonly Samples _cost = new($"{Networks} networks, each with gateway, DHCP and DNS", "as said");

    public void Run()
    {
        if (!Programs.Has("cc", "gcc"))
        {
            return;
        }
        using CProgram program = new("stall");
        using WeftStage stage = new(options.Weft);
        Grow(stage);
        using ApiLoad load = new(stage.Home, TopologyOf);
        for (int round = 0; round < options.Rounds; round++)
        {
            Measure(program.Path, stage, "");
            long collections = stage.Collections();
            load.Begin();
            Measure(program.Path, stage, ", API busy");
            MeasureFirst(program.Path, stage);
            load.End().ForEach(calls => _calls.Add(calls.Name, calls.PerSecond));
            _cost.Add("worker's collections meanwhile", stage.Collections() - collections);
        }
        Array.ForEach([_longest, _median, _calls, _cost], samples => samples.Print());
    }

    /// <summary>From two networks to all; what that takes.</summary>
    private void Grow(WeftStage stage)
    {
        stage.Up(TopologyOf(0));
        double before = WeftStage.Cost(stage.WorkerPid()).Resident;
        long start = Stopwatch.GetTimestamp();
        stage.Up(TopologyOf(Networks));
        _cost.Add("seconds until they are there", Stopwatch.GetElapsedTime(start).TotalSeconds);
        double after = WeftStage.Cost(stage.WorkerPid()).Resident;
        _cost.Add("worker before, MiB", before);
        _cost.Add("worker after, MiB", after);
        _cost.Add("a network, KiB", (after - before) * 1024 / Networks);
    }

    private void Measure(string program, WeftStage stage, string load)
    {
        Add(Loop + load, $"{program} loop {options.Seconds}");
        Add(Bare + load, $"{program} bare {options.Seconds} {Microseconds}");
        Add(Weft + load, Road(program, stage));
    }

    /// <summary>Who forwards runs ahead of all but the sender, so the scheduler has no part in it: what is left is its own.</summary>
    private void MeasureFirst(string program, WeftStage stage)
    {
        Add(Bare + First, $"{program} bare {options.Seconds} {Microseconds} first");
        int worker = stage.WorkerPid();
        Shell.Run($"chrt -a -f -p 9 {worker}");
        try
        {
            Add(Weft + First, Road(program, stage));
        }
        finally
        {
            Shell.Run($"chrt -a -o -p 0 {worker}", mayFail: true);
        }
    }

    private string Road(string program, WeftStage stage)
    {
        string ports = Path.Combine(stage.Home, "run", "ports");
        return $"{program} road {options.Seconds} {Microseconds} {ports}/one-1.sock {ports}/two-1.sock";
    }

    private void Add(string row, string line) => Attempt.Row(row, () =>
    {
        double[] said = [.. Shell.Run(line).Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
        _longest.Add(row, said[2] / 1000);
        if (said[1] > 0)
        {
            _median.Add(row, said[1]);
        }
    });

    /// <summary>Two guests side by side, and <paramref name="networks"/> on which nobody is.</summary>
    private static string TopologyOf(int networks) => $$"""
        networks:
          lan: { mode: internal }
          web: { mode: nat-network, subnet: 10.199.255.0/24, force: true }
        {{string.Concat(Enumerable.Range(0, networks).Select(Line))}}
        vms:
          one: { nics: [ { net: lan, attach: seqpacket } ] }
          two: { nics: [ { net: lan, attach: seqpacket } ] }
          web: { nics: [ { net: web, ip: 10.199.255.15, attach: seqpacket } ] }
        """;

    private static string Line(int number) =>
        $"  net-{number}: {{ mode: nat-network, subnet: 10.{200 + number / 250}.{number % 250}.0/24, force: true }}\n";
}
