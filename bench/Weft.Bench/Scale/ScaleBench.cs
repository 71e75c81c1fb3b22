using System.Diagnostics;
using System.Globalization;
using Weft.Bench.Vhost;

namespace Weft.Bench.Scale;

/// <summary>
/// What a frame costs the lane as ports, addresses and bad neighbours become more. No processes and no root: lane, switch and
/// vhost-user endpoints are in this one, and so are the guests' drivers, on the same thread.
/// A round passes over all rows many times, a few milliseconds each, and a row's figure is the median of its slices: what else
/// runs on the machine strikes all rows alike, and single slices not at all.
/// </summary>
internal sealed class ScaleBench(Options options)
{
    private const string Pair = "2 ports";
    private const string BarePair = "2, copies alone";
    private const string BareMany = "128, copies alone";
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(3);

    /// <summary>A row, and the least of the pair's speed that it is to keep; 0 for no bar.</summary>
    private static readonly (RowPlan Plan, double Bar)[] _rows =
    [
        (new(Pair), 0),
        (new("8 ports", Busy: 8), 0),
        (new("32 ports", Busy: 32), 0),
        (new("128 ports", Busy: 128), 0.60),
        (new("2 + 64 silent", Idle: 64), 0.97),
        (new("2 + 64 silent just now", Idle: 64, IdleWereHeard: true), 0.97),
        (new("2 + 1 stopped", HasStopped: true), 0.97),
        (new("2, 10 addresses each", Addresses: 10), 0),
        (new("2, 1,000 addresses each", Addresses: 1_000), 0),
        (new("2, 10,000 addresses each", Addresses: 10_000), 0),
        (new("2 without offloads", HasOffloads: false), 0),
        (new("2 over a trunk", IsTrunked: true), 0),
        (new(BarePair, IsBare: true), 0),
        (new(BareMany, Busy: 128, IsBare: true), 0),
    ];

    public void Run()
    {
        using ScratchFolder folder = new();
        List<LaneRow> rows = [];
        try
        {
            foreach ((RowPlan plan, _) in _rows)
            {
                rows.Add(new LaneRow(plan, folder.Path));
            }
            Pass(rows, _warmUp);
            Samples costs = new("lane time per frame of 64 B, bursts of 32", "ns");
            Samples cycles = new("lane time per frame of 64 B, bursts of 32", "TSC cycles");
            for (int round = 0; round < options.Rounds; round++)
            {
                List<double>[] slices = Pass(rows, TimeSpan.FromSeconds(options.Seconds));
                for (int i = 0; i < rows.Count; i++)
                {
                    slices[i].Sort();
                    double cost = slices[i][slices[i].Count / 2];
                    costs.Add(rows[i].Name, cost);
                    cycles.Add(rows[i].Name, cost * Window.CyclesPerSecond / 1_000_000_000);
                }
            }
            costs.Print(Pair);
            cycles.Print();
            PrintBars(costs);
            PrintRest(rows);
        }
        finally
        {
            rows.ForEach(row => row.Dispose());
        }
    }

    /// <summary>Slices of each row, all rows in turn, until the time is over.</summary>
    private static List<double>[] Pass(List<LaneRow> rows, TimeSpan time)
    {
        List<double>[] slices = [.. rows.Select(_ => new List<double>())];
        Stopwatch passed = Stopwatch.StartNew();
        do
        {
            Interrupt.Check();
            for (int i = 0; i < rows.Count; i++)
            {
                slices[i].Add(rows[i].Slice());
            }
        }
        while (passed.Elapsed < time);
        return slices;
    }

    private static void PrintBars(Samples costs)
    {
        Console.WriteLine($"\nspeed kept, of that of {Pair}");
        foreach ((RowPlan plan, double bar) in _rows.Where(row => row.Bar > 0))
        {
            double kept = costs.Median(Pair) / costs.Median(plan.Name);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {plan.Name,-28}{kept,10:F3}   bar {bar:F2}: {(kept >= bar ? "kept" : "MISSED")}"));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  copies alone, 128 of 2{"",6}{costs.Median(BarePair) / costs.Median(BareMany),10:F3}"));
    }

    private static void PrintRest(List<LaneRow> rows)
    {
        double millions = rows.Sum(row => (double)row.Frames) / 1_000_000;
        string text = string.Create(CultureInfo.InvariantCulture,
            $"\n{millions:F0} million frames: {rows.Sum(row => row.Allocated) / millions:F2} bytes allocated per million, " +
            $"{rows.Sum(row => row.Collections)} garbage collections");
        Console.WriteLine(text);
        LaneRow stopped = rows.Single(row => row.Dropped > 0);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{stopped.Dropped} frames for the stopped receiver, {stopped.DroppedByPort} dropped there, at {(double)stopped.DropTime / stopped.Dropped:F0} ns each"));
    }
}
