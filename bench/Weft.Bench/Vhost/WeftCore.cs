using System.Text.Json;

namespace Weft.Bench.Vhost;

/// <summary>Weft's worker with two vhost-user guests on an internal network.</summary>
internal sealed class WeftCore : ISwitchCore
{
    public const string Name = "weft";
    private const string WeftFile = """
        networks:
          lan: { mode: internal, polling: POLLING }
        vms:
          one: { nics: [ { net: lan, attach: vhost-user, vhost-user: { socket: ONE } } ] }
          two: { nics: [ { net: lan, attach: vhost-user, vhost-user: { socket: TWO } } ] }
        """;

    private readonly WeftStage _stage;
    private (long Nanoseconds, long Frames) _atStart;

    /// <param name="polling">How long a lane looks on after work: the file's word.</param>
    public WeftCore(string folder, string weft, string polling = "balanced")
    {
        Directory.CreateDirectory(folder);
        One = Path.Combine(folder, "one");
        Two = Path.Combine(folder, "two");
        _stage = new WeftStage(weft);
        try
        {
            _stage.Up(WeftFile.Replace("ONE", One).Replace("TWO", Two).Replace("POLLING", polling));
            Pid = _stage.WorkerPid();
        }
        catch
        {
            _stage.Dispose();
            throw;
        }
    }

    public string One { get; }

    public string Two { get; }

    public int Pid { get; }

    public int Forwarder => Threads.Busiest(Pid);

    public string Show => ":";

    public string StartCount()
    {
        _atStart = ReadLane();
        return ":";
    }

    /// <summary>What the lane counts of itself, from just before the window to just after.</summary>
    public double OwnCycles(string shown)
    {
        (long nanoseconds, long frames) = ReadLane();
        return (nanoseconds - _atStart.Nanoseconds) * Window.CyclesPerSecond / 1e9 / Math.Max(1, frames - _atStart.Frames);
    }

    public void Dispose() => _stage.Dispose();

    private (long Nanoseconds, long Frames) ReadLane()
    {
        using JsonDocument status = JsonDocument.Parse(_stage.Run("status -o json"));
        JsonElement lane = status.RootElement.GetProperty("worker").GetProperty("lanes")[0];
        return (lane.GetProperty("busyNanoseconds").GetInt64(), lane.GetProperty("frames").GetInt64());
    }
}
