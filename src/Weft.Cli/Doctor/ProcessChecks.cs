using Weft.Model.Api;

namespace Weft.Cli.Doctor;

/// <summary>Weft's own processes, where any run.</summary>
internal static class ProcessChecks
{
    private const string Deleted = " (deleted)";

    public static IEnumerable<Finding> Of(HostFacts facts)
    {
        if (facts.Running is not { } status)
        {
            yield return facts.WorkerAnswers
                ? Finding.Poor("weft", "a worker carries frames and no weftd looks after it", "weft status")
                : Finding.Known("weft", "none runs here");
            yield break;
        }
        yield return status.Version == facts.Version
            ? Finding.Good("weft", $"weftd {status.Version} runs, worker {status.Worker.State}")
            : Finding.Poor("weft", $"weftd is {status.Version} and this command {facts.Version}", "weft down && weft up");
        foreach (Finding finding in Versions(facts).Concat(Worker(facts, status)).Concat(status.Problems.Select(OfStatus)))
        {
            yield return finding;
        }
    }

    /// <summary>One executable is every process: another path, or one that was replaced, is another version.</summary>
    private static IEnumerable<Finding> Versions(HostFacts facts)
    {
        (string Role, int Pid, string Executable)[] others =
            [.. facts.Processes.Where(p => p.Executable.EndsWith(Deleted, StringComparison.Ordinal) || p.Executable != facts.Executable)];
        if (others.Length > 0)
        {
            yield return Finding.Poor("versions", $"{string.Join(", ", others.Select(p => $"{p.Role} (pid {p.Pid}) is {p.Executable}"))}; this command is {facts.Executable}",
                "weft down && weft up");
        }
        else if (facts.Processes.Count > 0)
        {
            yield return Finding.Good("versions", $"{string.Join(", ", facts.Processes.Select(p => p.Role))} {(facts.Processes.Count == 1 ? "is" : "are")} of this version");
        }
    }

    private static IEnumerable<Finding> Worker(HostFacts facts, StatusDocument status)
    {
        if (status.Worker.Restarts > 0)
        {
            string words = facts.LastWords.Count == 0 ? "" : $"; the keeper's last words: {string.Join(" | ", facts.LastWords)}";
            yield return Finding.Poor("restarts", $"the worker was replaced {status.Worker.Restarts} times, {status.Worker.FlowsLost} flows lost{words}",
                $"tail {facts.Home}/run/worker.log {facts.Home}/run/keeper.log");
        }
    }

    private static Finding OfStatus(ProblemDocument problem) => problem.Degrades
        ? Finding.Bad("status", problem.Text, problem.Try ?? "weft status")
        : Finding.Poor("status", problem.Text, problem.Try ?? "weft status");
}
