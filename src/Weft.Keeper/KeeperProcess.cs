using Weft.Linux;
using Weft.Linux.Files;
using Weft.Linux.Keeping;
using Weft.Linux.Memory;
using Weft.Linux.Processes;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Keeper;

/// <summary>The keeper process: <c>keeper --home HOME [--adopt]</c>.</summary>
public static class KeeperProcess
{
    /// <summary>Exit code when another keeper lives in the same home.</summary>
    public const int AlreadyRunning = 3;

    private const int Failed = 1;
    private const int WrongArguments = 2;

    /// <summary>Runs until the worker ends in order (0). <c>--adopt</c> takes over a worker that outlived its keeper, if one did.</summary>
    public static int Run(string[] args)
    {
        if (!TryParse(args, out string home, out bool adopt))
        {
            KeeperLog.Write("keeper: expected --home HOME [--adopt]");
            return WrongArguments;
        }
        try
        {
            return Run(home, adopt, new WorkerStarter(home, OwnProgram.Find()));
        }
        catch (IOException problem)
        {
            KeeperLog.Write($"keeper: {problem.Message}");
            return Failed;
        }
    }

    internal static int Run(string home, bool adopt, IWorkerStarter starter)
    {
        Directory.CreateDirectory(KeeperPaths.Run(home), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        int locked = LockFile.TryTake(KeeperPaths.KeeperLock(home), out LockFile? taken);
        if (locked == -Errno.EAGAIN)
        {
            KeeperLog.Write($"keeper: another one lives in {home}");
            return AlreadyRunning;
        }
        LinuxException.Check(locked, KeeperPaths.KeeperLock(home));
        using LockFile alone = taken!;
        int slots = SlotLimit.Raise();
        Adoption? adoption = adopt ? Adoption.TryFind(home) : null;
        string path = KeeperPaths.KeeperSocket(home);
        int listener = LinuxException.Check(UnixSockets.Listen(path, SocketConstants.TypeSeqpacket), path);
        using KeeperLoop keeper = new(listener, adoption?.Memory ?? SharedMemory.Create("weft"), slots, starter);
        if (adoption is not null)
        {
            keeper.Adopt(adoption.Pid, adoption.Pidfd, adoption.Socket);
        }
        keeper.Run();
        FileCalls.Remove(path);
        return 0;
    }

    private static bool TryParse(string[] args, out string home, out bool adopt)
    {
        home = "";
        adopt = false;
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--home" when i + 1 < args.Length:
                    home = Path.GetFullPath(args[++i]);
                    break;
                case "--adopt":
                    adopt = true;
                    break;
                case "keeper" when i == 0:
                    break;
                default:
                    return false;
            }
        }
        return home.Length > 0;
    }
}
