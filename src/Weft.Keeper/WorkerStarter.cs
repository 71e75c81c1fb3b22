using Weft.Linux.Keeping;
using Weft.Linux.Processes;

namespace Weft.Keeper;

/// <summary>
/// Starts this same program as a worker. A standby's runtime is told to compile each method once and fully: it has the time
/// while it waits, and tiers would recompile under load. One that flows wait for compiles quickly first, and better later.
/// Their collectors have no background thread, since nothing is collected.
/// </summary>
internal sealed class WorkerStarter(string home, OwnProgram program) : IWorkerStarter
{
    private readonly SpawnRequest _thorough = Request(home, program, tiered: "0");
    private readonly SpawnRequest _quick = Request(home, program, tiered: "1");

    public int Start(bool inHurry, out int pid, out int pidfd) => ProcessSpawn.Start(inHurry ? _quick : _thorough, out pid, out pidfd);

    private static SpawnRequest Request(string home, OwnProgram program, string tiered) => new(
        program.Path,
        program.With("worker", "--home", home),
        SpawnRequest.EnvironmentWith(
            ("DOTNET_TieredPGO", "0"),
            ("DOTNET_TieredCompilation", tiered),
            ("DOTNET_gcConcurrent", "0"),
            ("DOTNET_EnableDiagnostics", "0"),
            ("DOTNET_GCgen0size", null)))
    {
        NewSession = true,
        LogPath = KeeperPaths.WorkerLog(home),
    };
}
