namespace Weft.Linux.Keeping;

/// <summary>Where keeper and worker meet below a home.</summary>
public static class KeeperPaths
{
    public static string Run(string home) => Path.Combine(home, "run");

    /// <summary>The keeper listens; workers that it started connect.</summary>
    public static string KeeperSocket(string home) => Path.Combine(home, "run", "keeper.sock");

    /// <summary>The worker listens for commands, and for a new keeper.</summary>
    public static string WorkerSocket(string home) => Path.Combine(home, "run", "worker.sock");

    public static string KeeperLock(string home) => Path.Combine(home, "run", "keeper.lock");

    public static string WorkerLog(string home) => Path.Combine(home, "run", "worker.log");
}
