using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Linux.Sockets;

[assembly: DisableRuntimeMarshalling]

namespace Weft.Linux;

/// <summary>
/// The C library's functions as they are, arguments blittable, errno left where the system puts it. Only the classes named
/// <c>…Calls</c> use them, each through <see cref="Seam"/>; nothing else in the house makes a system call of its own.
/// </summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    [LibraryImport(Library)] public static partial int open(byte* path, int flags, uint mode);

    [LibraryImport(Library)] public static partial int close(int descriptor);

    [LibraryImport(Library)] public static partial nint read(int descriptor, void* to, nuint length);

    [LibraryImport(Library)] public static partial nint write(int descriptor, void* from, nuint length);

    [LibraryImport(Library)] public static partial nint readv(int descriptor, IoVec* runs, int count);

    [LibraryImport(Library)] public static partial nint writev(int descriptor, IoVec* runs, int count);

    [LibraryImport(Library)] public static partial int fcntl(int descriptor, int command, nint argument);

    [LibraryImport(Library)] public static partial int ioctl(int descriptor, nuint request, void* argument);

    [LibraryImport(Library)] public static partial int flock(int descriptor, int operation);

    [LibraryImport(Library)] public static partial int fchmod(int descriptor, uint mode);

    /// <summary>From version 2.33 of the C library.</summary>
    [LibraryImport(Library)] public static partial int fstat(int descriptor, byte* status);

    [LibraryImport(Library)] public static partial int unlink(byte* path);

    [LibraryImport(Library)] public static partial int sched_yield();

    [LibraryImport(Library)] public static partial int sched_setaffinity(int pid, nuint size, ulong* mask);

    [LibraryImport(Library)] public static partial int sched_getaffinity(int pid, nuint size, ulong* mask);

    [LibraryImport(Library)] public static partial int rename(byte* from, byte* to);

    [LibraryImport(Library)] public static partial int poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport(Library)] public static partial int pipe2(int* pair, int flags);

    [LibraryImport(Library)] public static partial int eventfd(uint initial, int flags);

    [LibraryImport(Library)] public static partial int epoll_create1(int flags);

    [LibraryImport(Library)] public static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* watched);

    [LibraryImport(Library)] public static partial int epoll_pwait2(int epoll, byte* events, int count, long* timespec, void* signals);

    [LibraryImport(Library)] public static partial int inotify_init1(int flags);

    [LibraryImport(Library)] public static partial int inotify_add_watch(int descriptor, byte* path, uint mask);

    [LibraryImport(Library)] public static partial int inotify_rm_watch(int descriptor, int watch);

    [LibraryImport(Library)] public static partial int memfd_create(byte* name, uint flags);

    [LibraryImport(Library)] public static partial int ftruncate(int descriptor, long length);

    [LibraryImport(Library)] public static partial long lseek(int descriptor, long offset, int whence);

    [LibraryImport(Library)] public static partial void* mmap(void* at, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport(Library)] public static partial int munmap(void* at, nuint length);

    [LibraryImport(Library)] public static partial int madvise(void* at, nuint length, int advice);

    [LibraryImport(Library)] public static partial int socket(int family, int type, int protocol);

    [LibraryImport(Library)] public static partial int socketpair(int family, int type, int protocol, int* pair);

    [LibraryImport(Library)] public static partial int bind(int socket, void* address, uint length);

    [LibraryImport(Library)] public static partial int connect(int socket, void* address, uint length);

    [LibraryImport(Library)] public static partial int listen(int socket, int backlog);

    [LibraryImport(Library)] public static partial int accept4(int socket, void* address, uint* length, int flags);

    [LibraryImport(Library)] public static partial int shutdown(int socket, int how);

    [LibraryImport(Library)] public static partial int getsockname(int socket, void* address, uint* length);

    [LibraryImport(Library)] public static partial int getpeername(int socket, void* address, uint* length);

    [LibraryImport(Library)] public static partial int getsockopt(int socket, int level, int option, void* value, uint* length);

    [LibraryImport(Library)] public static partial int setsockopt(int socket, int level, int option, void* value, uint length);

    [LibraryImport(Library)] public static partial nint send(int socket, void* from, nuint length, int flags);

    [LibraryImport(Library)] public static partial nint recv(int socket, void* to, nuint length, int flags);

    [LibraryImport(Library)] public static partial nint sendmsg(int socket, MessageHeader* message, int flags);

    [LibraryImport(Library)] public static partial nint recvmsg(int socket, MessageHeader* message, int flags);

    [LibraryImport(Library)] public static partial int sendmmsg(int socket, MessageSlot* messages, uint count, int flags);

    [LibraryImport(Library)] public static partial int recvmmsg(int socket, MessageSlot* messages, uint count, int flags, void* timeout);

    [LibraryImport(Library)] public static partial int setns(int descriptor, int kind);

    [LibraryImport(Library)] public static partial int getpid();

    [LibraryImport(Library)] public static partial uint geteuid();

    [LibraryImport(Library)] public static partial int kill(int pid, int signal);

    [LibraryImport(Library)] public static partial int execv(byte* path, byte** arguments);

    [LibraryImport(Library)] public static partial nint signal(int number, nint handler);

    [LibraryImport(Library)] public static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport(Library)] public static partial int getrlimit(int which, ulong* softAndHard);

    [LibraryImport(Library)] public static partial int setrlimit(int which, ulong* softAndHard);

    [LibraryImport(Library)] public static partial int waitid(int kind, uint id, byte* info, int options);

    /// <summary>For calls that the C library of Debian 12 may lack a function for.</summary>
    [LibraryImport(Library)] public static partial long syscall(long number, nint a, nint b, nint c, nint d);

    [LibraryImport(Library)] public static partial int posix_spawn(int* pid, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport(Library)] public static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport(Library)] public static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport(Library)] public static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport(Library)] public static partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);

    [LibraryImport(Library)] public static partial int posix_spawnattr_setsigmask(void* attributes, void* signals);

    [LibraryImport(Library)] public static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport(Library)] public static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport(Library)] public static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    /// <summary>From version 2.34 of the C library.</summary>
    [LibraryImport(Library)] public static partial int posix_spawn_file_actions_addclosefrom_np(void* actions, int lowest);

    [LibraryImport(Library)]
    public static partial int posix_spawn_file_actions_addopen(void* actions, int descriptor, byte* path, int flags, uint mode);
}
