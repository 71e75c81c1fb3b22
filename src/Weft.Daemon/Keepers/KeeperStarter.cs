using Weft.Linux;
using Weft.Linux.Processes;
using Weft.Model;

namespace Weft.Daemon.Keepers;

/// <summary>Starts <c>weft keeper</c> in a session of its own, with the runtime settings that keep it small.</summary>
internal sealed class KeeperStarter(HomeFolder home) : IKeeperStarter
{
    private readonly List<int> _started = [];

    public void Start(bool adopt)
    {
        OwnProgram program = OwnProgram.Find();
        string[] arguments = adopt ? ["keeper", "--home", home.Path, "--adopt"] : ["keeper", "--home", home.Path];
        SpawnRequest request = new(program.Path, program.With(arguments),
            SpawnRequest.EnvironmentWith(("DOTNET_TieredPGO", "0"), ("DOTNET_gcConcurrent", "0"), ("DOTNET_EnableDiagnostics", "0")))
        {
            NewSession = true,
            LogPath = $"{home.Run}/keeper.log",
        };
        LinuxException.Check(ProcessSpawn.Start(request, out _, out int pidfd), "start the keeper");
        _started.Add(pidfd);
    }

    public void Reap() => _started.RemoveAll(pidfd =>
    {
        bool ended = ProcessCalls.Reap(pidfd, out _) != -Errno.EAGAIN;
        if (ended)
        {
            FileCalls.Close(pidfd);
        }
        return ended;
    });
}
