using Weft.Linux.Keeping;
using Weft.Linux.Processes;

namespace Weft.Keeper;

/// <summary>
/// Starts this same program as a worker. Its runtime is told to compile each method once and fully: a takeover has no time
/// to be slow first, and tiers would recompile under load. Its collector has no background thread, since nothing is collected.
/// </summary>
internal sealed class WorkerStarter(string home, OwnProgram program) : IWorkerStarter
{
    private readonly SpawnRequest _request = new(
        program.Path,
        program.With("worker", "--home", home),
        SpawnRequest.EnvironmentWith(
            ("DOTNET_TieredPGO", "0"),
            ("DOTNET_TieredCompilation", "0"),
            ("DOTNET_gcConcurrent", "0"),
            ("DOTNET_EnableDiagnostics", "0"),
            ("DOTNET_GCgen0size", null)))
    {
        NewSession = true,
        LogPath = KeeperPaths.WorkerLog(home),
    };

    public int Start(out int pid, out int pidfd) => ProcessSpawn.Start(_request, out pid, out pidfd);
}
