using System.Runtime.InteropServices;

namespace Weft.Linux.Processes;

/// <summary>
/// Starts a process by posix_spawn: the environment is given whole, signals are as a program expects them (a .NET process
/// ignores SIGPIPE, and its children would too), no descriptor is inherited but those named.
/// The answer is a pidfd: it names this process and no later one, and a poll on it tells the end.
/// </summary>
public static unsafe class ProcessSpawn
{
    private const int AttributesSize = 336;
    private const int ActionsSize = 80;
    private const int SignalSetSize = 128;
    private const short SetSignalDefaults = 4;
    private const short SetSignalMask = 8;
    private const short SetSession = 0x80;
    private const int FirstGivenDescriptor = 3;
    private const int WriteOnlyCreateAppend = 0x1 | 0x40 | 0x400;
    private const uint OwnerOnly = 0x180; // 0600

    /// <summary>Starts it; 0, or a negated errno (−ENOENT: no such program). <paramref name="pidfd"/> is the caller's.</summary>
    public static int Start(SpawnRequest request, out int pid, out int pidfd)
    {
        pid = 0;
        pidfd = -1;
        byte* attributes = stackalloc byte[AttributesSize];
        byte* actions = stackalloc byte[ActionsSize];
        byte* signals = stackalloc byte[SignalSetSize];
        Libc.posix_spawnattr_init(attributes);
        Libc.posix_spawn_file_actions_init(actions);
        Libc.posix_spawnattr_setflags(
            attributes,
            (short)(SetSignalDefaults | SetSignalMask | (request.NewSession ? SetSession : 0)));
        new Span<byte>(signals, SignalSetSize).Clear();
        Libc.posix_spawnattr_setsigmask(attributes, signals);
        new Span<byte>(signals, SignalSetSize).Fill(0xff);
        Libc.posix_spawnattr_setsigdefault(attributes, signals);
        List<int> parked = [];
        byte** arguments = Strings(request.Arguments);
        byte** environment = Strings(request.Environment);
        try
        {
            int result = Redirect(actions, request, parked);
            return result < 0 ? result : Spawn(request.Path, actions, attributes, arguments, environment, out pid, out pidfd);
        }
        finally
        {
            parked.ForEach(descriptor => FileCalls.Close(descriptor));
            FreeStrings(arguments);
            FreeStrings(environment);
            Libc.posix_spawn_file_actions_destroy(actions);
            Libc.posix_spawnattr_destroy(attributes);
        }
    }

    private static int Spawn(
        string path, byte* actions, byte* attributes, byte** arguments, byte** environment, out int pid, out int pidfd)
    {
        pid = 0;
        pidfd = -1;
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        int child;
        fixed (byte* at = PathBytes.From(path))
        {
            int result = Seam.Answer(Libc.posix_spawn(&child, at, actions, attributes, arguments, environment));
            if (result < 0)
            {
                return result;
            }
        }
        pid = child;
        pidfd = ProcessCalls.OpenProcess(child);
        return Math.Min(pidfd, 0);
    }

    /// <summary>Standard descriptors and the given ones. The given are first moved above all targets, so that no dup2 in the
    /// child overwrites one that is still to be moved; a dup2 also takes close-on-exec away.</summary>
    private static int Redirect(byte* actions, SpawnRequest request, List<int> parked)
    {
        Open(actions, 0, "/dev/null", FileCalls.ReadOnly);
        Open(actions, 1, request.LogPath ?? "/dev/null", WriteOnlyCreateAppend);
        if (request.ErrorDescriptor >= 0)
        {
            Libc.posix_spawn_file_actions_adddup2(actions, request.ErrorDescriptor, 2);
        }
        else
        {
            Libc.posix_spawn_file_actions_adddup2(actions, 1, 2);
        }
        int lowest = FirstGivenDescriptor + request.Descriptors.Count;
        for (int i = 0; i < request.Descriptors.Count; i++)
        {
            int copy = FileCalls.DuplicateAbove(request.Descriptors[i], lowest);
            if (copy < 0)
            {
                return copy;
            }
            parked.Add(copy);
            Libc.posix_spawn_file_actions_adddup2(actions, copy, FirstGivenDescriptor + i);
        }
        Libc.posix_spawn_file_actions_addclosefrom_np(actions, lowest);
        return 0;
    }

    private static void Open(byte* actions, int descriptor, string path, int flags)
    {
        fixed (byte* at = PathBytes.From(path))
        {
            Libc.posix_spawn_file_actions_addopen(actions, descriptor, at, flags, OwnerOnly);
        }
    }

    internal static byte** Strings(IReadOnlyList<string> strings)
    {
        byte** list = (byte**)NativeMemory.AllocZeroed((nuint)(strings.Count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < strings.Count; i++)
        {
            list[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        }
        return list;
    }

    internal static void FreeStrings(byte** list)
    {
        for (int i = 0; list[i] is not null; i++)
        {
            Marshal.FreeCoTaskMem((nint)list[i]);
        }
        NativeMemory.Free(list);
    }
}
