using System.Globalization;

namespace Weft.Bench.Vhost;

/// <summary>The short while that counts.</summary>
/// <remarks>
/// Theory.
/// Two spinning threads on two processors lose most of their lock-step to whoever else wants one, so for a moment they run
/// ahead of all others (SCHED_FIFO), their programs' other threads ahead of them, and the script that measures ahead of those.
/// The kernel keeps one twentieth for the rest, which is what lets the machine live.
/// Rates are by the generator's own clock, from one showing to the next. The forwarder's time on its processor, in TSC cycles,
/// by packet is its cost if it was never idle; a core that spins pays for empty rounds too, hence its own count beside it.
/// Half of bogomips is the TSC's MHz on x86.
/// </remarks>
internal sealed record Window(double PacketsPerSecond, double ForwarderShare, double OwnCycles)
{
    private static readonly Lazy<double> _cyclesPerSecond = new(() =>
        double.Parse(Shell.Run("awk '/^bogomips/ {print $3 / 2 * 1000000; exit}' /proc/cpuinfo"), CultureInfo.InvariantCulture));

    public static double CyclesPerSecond => _cyclesPerSecond.Value;

    public double Cycles => ForwarderShare * _cyclesPerSecond.Value / PacketsPerSecond;

    public static Window Measure(Generator generator, ISwitchCore core, double seconds)
    {
        int forwarder = core.Forwarder;
        string startCount = core.StartCount();
        string shown = Shell.Run($$"""
            stat=/proc/{{core.Pid}}/task/{{forwarder}}/schedstat
            trap 'chrt -a -o -p 0 {{generator.Pid}}; chrt -a -o -p 0 {{core.Pid}}' EXIT
            taskset -c -p {{ISwitchCore.Processor}} {{forwarder}}
            chrt -f -p 4 $$
            chrt -a -f -p 3 {{generator.Pid}} && chrt -f -p 2 {{generator.Worker}}
            chrt -a -f -p 3 {{core.Pid}} && chrt -f -p 2 {{forwarder}}
            sleep 0.1
            {{startCount}}
            {{generator.Show}}
            read -r before rest <$stat; start=${EPOCHREALTIME/./}
            sleep {{seconds.ToString(CultureInfo.InvariantCulture)}}
            read -r after rest <$stat; end=${EPOCHREALTIME/./}
            {{generator.Show}}
            {{core.Show}}
            echo forwarder $((after - before)) $(((end - start) * 1000))
            """);
        string[] used = shown[shown.LastIndexOf("forwarder ", StringComparison.Ordinal)..].Split(' ');
        return new Window(Generator.Rate(shown), double.Parse(used[1]) / double.Parse(used[2]), core.OwnCycles(shown));
    }
}
