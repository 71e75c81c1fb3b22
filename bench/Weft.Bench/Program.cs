using Weft.Bench;
using Weft.Bench.Guests;
using Weft.Bench.Scale;
using Weft.Bench.Stall;
using Weft.Bench.Vhost;

// weft bench [nat] [switch] [vhost] [guests] [stall] [scale] [--rounds N] [--seconds N] [--peers-only]: peers in the same run, interleaved.
// Needs root for namespaces, huge pages and real-time threads; `scale` alone does not.
Options options = Options.Parse(args);
if (options.NeedsRoot && Environment.UserName != "root")
{
    Console.Error.WriteLine("error: the bench makes namespaces\nwhy: that needs root here\ntry: sudo ./weft bench");
    return 1;
}
Interrupt.Watch();
Conditions.Print();
try
{
    foreach ((string name, Action run) in new (string, Action)[]
    {
        ("nat", () => new NatBench(options).Run()),
        ("switch", () => new SwitchBench(options).Run()),
        ("vhost", () => new VhostBench(options).Run()),
        ("guests", () => new GuestsBench(options).Run()),
        ("guests", () => new GuestNatBench(options).Run()),
        ("stall", () => new StallBench(options).Run()),
        (Options.Scale, () => new ScaleBench(options).Run()),
    })
    {
        if (options.Wants(name))
        {
            run();
        }
    }
    return 0;
}
catch (Exception problem) when (problem is InvalidOperationException or TimeoutException or OperationCanceledException)
{
    // Caught so that everything started is stopped on the way here; .NET does not do that for an exception that nobody catches.
    Console.Error.WriteLine($"error: {problem.Message}");
    return problem is OperationCanceledException ? 130 : 1;
}
