using System.Globalization;
using System.Text;
using Weft.Linux.Processes;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Linux.Taps;

/// <summary>
/// Theory. Three ways to a TAP, by what this process may do:
///   here           the namespace is our own: open it
///   by a thread    with CAP_SYS_ADMIN a thread made for it enters the namespace, opens, and ends there
///   by a child     an ordinary user owns the namespace's user namespace, but a process of many threads can enter no user
///                  namespace (EINVAL): <c>nsenter</c> enters it, then runs us again as <c>weft open-tap</c>, which opens the
///                  TAP and sends the descriptor back over a unix socket (descriptor 3 of the child)
/// The user namespace is asked of the network namespace (NS_GET_USERNS), so a path is enough.
/// </summary>
public static unsafe class TapOpener
{
    private const uint GetUserNamespace = 0xb701;
    private const int ChildLimitMilliseconds = 10_000;
    private const int ErrorTextSize = 1024;

    /// <summary>A descriptor; or a negated errno, with what failed in <paramref name="problem"/>.</summary>
    public static int Open(TapRequest request, out string problem)
    {
        problem = "";
        if (request.Namespace is null)
        {
            return Named(TapDevice.Open(request), request, ref problem);
        }
        int space = FileCalls.Open(request.Namespace, FileCalls.ReadOnly);
        if (space < 0)
        {
            problem = $"open {request.Namespace}";
            return space;
        }
        try
        {
            int tap = ProcessCalls.EffectiveUser == 0 ? OpenByThread(request, space) : -Errno.EPERM;
            return tap == -Errno.EPERM ? OpenByChild(request, space, out problem) : Named(tap, request, ref problem);
        }
        finally
        {
            FileCalls.Close(space);
        }
    }

    /// <summary>The third way alone.</summary>
    internal static int OpenByChild(TapRequest request, out string problem)
    {
        problem = $"open {request.Namespace}";
        int space = FileCalls.Open(request.Namespace ?? "/proc/self/ns/net", FileCalls.ReadOnly);
        if (space < 0)
        {
            return space;
        }
        int tap = OpenByChild(request, space, out problem);
        FileCalls.Close(space);
        return tap;
    }

    private static int Named(int result, TapRequest request, ref string problem)
    {
        if (result < 0)
        {
            problem = $"open TAP {request.Name}";
        }
        return result;
    }

    private static int OpenByThread(TapRequest request, int space)
    {
        int tap = 0;
        Thread thread = new(() =>
        {
            tap = ProcessCalls.EnterNetwork(space);
            tap = tap < 0 ? tap : TapDevice.Open(request);
        });
        thread.Start();
        thread.Join();
        return tap;
    }

    private static int OpenByChild(TapRequest request, int space, out string problem)
    {
        problem = $"user namespace of {request.Namespace}";
        int user = FileCalls.Control(space, GetUserNamespace, null);
        if (user < 0)
        {
            return user;
        }
        int result = SocketCalls.Pair(SocketConstants.TypeSeqpacket, out int ours, out int childs);
        if (result >= 0)
        {
            result = RunChild(request, [childs, user, space], ours, out problem);
            FileCalls.Close(ours);
        }
        FileCalls.Close(user);
        return result;
    }

    /// <summary>Starts the child and waits for its answer and its end. The child's socket, first of the descriptors, is closed.</summary>
    private static int RunChild(TapRequest request, IReadOnlyList<int> descriptors, int socket, out string problem)
    {
        problem = "start nsenter";
        int result = FileCalls.Pipe(out int errors, out int errorsOfChild);
        if (result < 0)
        {
            FileCalls.Close(descriptors[0]);
            return result;
        }
        SpawnRequest spawn = new("/usr/bin/nsenter", Line(request, descriptors[1]), SpawnRequest.EnvironmentWith())
        {
            Descriptors = descriptors,
            ErrorDescriptor = errorsOfChild,
        };
        result = ProcessSpawn.Start(spawn, out _, out int pidfd);
        FileCalls.Close(descriptors[0]);
        FileCalls.Close(errorsOfChild);
        if (result >= 0)
        {
            result = TakeAnswer(socket, errors, out problem);
            WaitForEnd(pidfd);
        }
        FileCalls.Close(errors);
        return result;
    }

    private static void WaitForEnd(int pidfd)
    {
        ProcessCalls.Signal(pidfd, ProcessCalls.SignalKill);
        PollEntry ended = new() { Descriptor = pidfd, Wanted = PollEntry.In };
        FileCalls.Poll(new Span<PollEntry>(ref ended), ChildLimitMilliseconds);
        ProcessCalls.Reap(pidfd, out _);
        FileCalls.Close(pidfd);
    }

    private static List<string> Line(TapRequest request, int userNamespace)
    {
        List<string> line = ["nsenter", "--net=/proc/self/fd/5"];
        if (!IsOwnUserNamespace(userNamespace))
        {
            line.AddRange(["--user=/proc/self/fd/4", "--preserve-credentials"]);
        }
        OwnProgram program = OwnProgram.Find();
        line.AddRange(["--", program.Path, .. program.Prefix.Skip(1), "open-tap", .. OpenTapProcess.Arguments(request)]);
        return line;
    }

    /// <summary>Entering the user namespace one is in is refused (EINVAL).</summary>
    private static bool IsOwnUserNamespace(int descriptor) =>
        new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}")).LinkTarget ==
        new FileInfo("/proc/self/ns/user").LinkTarget;

    /// <summary>The child's one message; without one, what it or nsenter wrote to standard error is the problem.</summary>
    private static int TakeAnswer(int socket, int errors, out string problem)
    {
        int error = 0;
        int count = 0;
        int tap = -1;
        PollEntry entry = new() { Descriptor = socket, Wanted = PollEntry.In };
        int received = FileCalls.Poll(new Span<PollEntry>(ref entry), ChildLimitMilliseconds) <= 0
            ? -Errno.ETIMEDOUT
            : DescriptorMessages.Receive(socket, new Span<byte>(&error, sizeof(int)), new Span<int>(&tap, 1), out count);
        problem = "weft open-tap";
        if (received == sizeof(int))
        {
            return count == 1 ? tap : error < 0 ? error : -Errno.EIO;
        }
        byte* text = stackalloc byte[ErrorTextSize];
        int length = received == -Errno.ETIMEDOUT ? 0 : (int)FileCalls.Read(errors, text, ErrorTextSize);
        if (length > 0)
        {
            problem = Encoding.UTF8.GetString(text, length).TrimEnd();
        }
        return received == -Errno.ETIMEDOUT ? received : -Errno.EPERM;
    }
}
