using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Taps;

namespace Weft.Tests.Linux;

/// <summary>Sizes, offsets and numbers that we write down are those of the C headers of this machine.</summary>
public sealed class KernelConstantsTests
{
    private static readonly string[] Headers =
    [
        "stddef.h", "stdio.h", "sys/socket.h", "sys/epoll.h", "sys/ioctl.h", "sys/un.h", "sys/mman.h", "sys/inotify.h", "sys/file.h",
        "netinet/in.h", "linux/tcp.h", "linux/if.h", "linux/if_tun.h", "linux/sockios.h", "linux/errqueue.h", "linux/sock_diag.h",
        "linux/nsfs.h", "sys/wait.h", "spawn.h", "signal.h", "fcntl.h", "poll.h", "errno.h", "sched.h", "sys/syscall.h", "sys/prctl.h", "sys/resource.h",
    ];

    private static readonly (string Expression, long Ours)[] Facts =
    [
        ("sizeof(struct iovec)", Unsafe.SizeOf<IoVec>()),
        ("sizeof(struct msghdr)", Unsafe.SizeOf<MessageHeader>()),
        ("sizeof(struct mmsghdr)", Unsafe.SizeOf<MessageSlot>()),
        ("offsetof(struct msghdr, msg_flags)", Offset<MessageHeader>(nameof(MessageHeader.Flags))),
        ("offsetof(struct msghdr, msg_control)", Offset<MessageHeader>(nameof(MessageHeader.Control))),
        ("offsetof(struct mmsghdr, msg_len)", Offset<MessageSlot>(nameof(MessageSlot.Length))),
        ("offsetof(struct tcp_info, tcpi_bytes_acked)", Offset<TcpInfo>(nameof(TcpInfo.BytesAcked))),
        ("offsetof(struct tcp_info, tcpi_bytes_received)", Offset<TcpInfo>(nameof(TcpInfo.BytesReceived))),
        ("offsetof(struct tcp_info, tcpi_state)", Offset<TcpInfo>(nameof(TcpInfo.State))),
        ("sizeof(struct pollfd)", Unsafe.SizeOf<PollEntry>()),
        ("sizeof(struct ifreq)", Unsafe.SizeOf<InterfaceRequest>()),
        ("sizeof(struct sockaddr_in6)", SocketAddress.MaxSize),
        ("sizeof(struct sock_extended_err)", 16),
        ("offsetof(struct sock_extended_err, ee_info)", 8),
        ("SO_EE_ORIGIN_LOCAL", 1),
        ("sizeof(struct ucred)", 12),
        ("sizeof(siginfo_t)", 128),
        ("offsetof(siginfo_t, si_code)", 8),
        ("offsetof(siginfo_t, si_pid)", 16),
        ("offsetof(siginfo_t, si_status)", 24),
        ("CLD_EXITED", 1),
        ("sizeof(posix_spawnattr_t)", 336),
        ("sizeof(posix_spawn_file_actions_t)", 80),
        ("sizeof(sigset_t)", 128),
        ("POSIX_SPAWN_SETSIGDEF", 4),
        ("POSIX_SPAWN_SETSIGMASK", 8),
        ("POSIX_SPAWN_SETSID", 0x80),
        ("sizeof(struct epoll_event)", RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16),
        ("EPOLLET", 1L << 31),
        ("EPOLLIN", (long)Ready.Read),
        ("EPOLLOUT", (long)Ready.Write),
        ("EPOLLERR", (long)Ready.Error),
        ("EPOLLHUP", (long)Ready.HangUp),
        ("EPOLLRDHUP", (long)Ready.PeerClosed),
        ("POLLRDHUP", PollEntry.PeerClosed),
        ("TUNSETIFF", 0x400454ca),
        ("TUNSETOFFLOAD", 0x400454d0),
        ("TUNSETVNETHDRSZ", 0x400454d8),
        ("TUNSETCARRIER", 0x400454e2),
        ("TUNGETIFF", 0x800454d2),
        ("IFF_TAP|IFF_NO_PI|IFF_VNET_HDR", 0x0002 | 0x1000 | 0x4000),
        ("TUN_F_CSUM|TUN_F_TSO4|TUN_F_TSO6", 7),
        ("SIOCSIFHWADDR", 0x8924),
        ("SIOCSIFMTU", 0x8922),
        ("SIOCSIFFLAGS", 0x8914),
        ("SIOCINQ", SocketConstants.InQueue),
        ("SIOCOUTQ", SocketConstants.OutQueue),
        ("NS_GET_USERNS", 0xb701),
        ("SO_MEMINFO", SocketConstants.MemoryInfo),
        ("SO_PEEK_OFF", SocketConstants.PeekOffset),
        ("SO_PEERCRED", SocketConstants.PeerCredentials),
        ("SO_OOBINLINE", SocketConstants.UrgentInline),
        ("SK_MEMINFO_SNDBUF", 3),
        ("SK_MEMINFO_WMEM_QUEUED", 5),
        ("IP_RECVERR", SocketConstants.ReceiveErrors),
        ("IP_BIND_ADDRESS_NO_PORT", SocketConstants.BindAddressNoPort),
        ("IPV6_RECVERR", SocketConstants.ReceiveErrorsV6),
        ("IPV6_V6ONLY", SocketConstants.OnlyV6),
        ("IPV6_HOPLIMIT", SocketConstants.HopLimit),
        ("MSG_TRUNC", SocketConstants.MessageTruncated),
        ("MSG_ERRQUEUE", SocketConstants.MessageErrorQueue),
        ("MSG_NOSIGNAL", SocketConstants.MessageNoSignal),
        ("MSG_CMSG_CLOEXEC", SocketConstants.MessageCloseOnExec),
        ("F_ADD_SEALS", 1033),
        ("F_SEAL_SHRINK", 2),
        ("F_DUPFD_CLOEXEC", 1030),
        ("MADV_REMOVE", 9),
        ("O_APPEND|O_CREAT|O_WRONLY", 0x400 | 0x40 | 1),
        ("O_CLOEXEC", FileCalls.CloseOnExec),
        ("O_NONBLOCK", FileCalls.NonBlocking),
        ("LOCK_EX|LOCK_NB", 6),
        ("CLONE_NEWNET", 0x40000000),
        ("P_PIDFD", 3),
        ("SYS_pidfd_open", 434),
        ("SYS_pidfd_send_signal", 424),
        ("PR_SET_TIMERSLACK", 29),
        ("PR_SET_NO_NEW_PRIVS", 38),
        ("RLIMIT_NOFILE", 7),
        ("ETOOMANYREFS", Errno.ETOOMANYREFS),
        ("EBADFD", Errno.EBADFD),
        ("ENOBUFS", Errno.ENOBUFS),
    ];

    [Requires("gcc")]
    public void OurNumbersAreTheHeadersNumbers()
    {
        string folder = Directory.CreateTempSubdirectory("weft-constants").FullName;
        string source = Path.Combine(folder, "constants.c");
        string program = Path.Combine(folder, "constants");
        File.WriteAllText(
            source,
            "#define _GNU_SOURCE\n" + string.Concat(Headers.Select(header => $"#include <{header}>\n")) +
            "int main(void) {\n" + string.Concat(Facts.Select(fact => $"printf(\"%lld\\n\", (long long)({fact.Expression}));\n")) + "}\n");
        Commands.Run("gcc", "-w", "-o", program, source);
        string[] lines = Commands.Run(program).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Directory.Delete(folder, recursive: true);

        Assert.Equal(
            Facts.Select(fact => $"{fact.Expression} = {fact.Ours}"),
            Facts.Zip(lines, (fact, line) => $"{fact.Expression} = {(uint)long.Parse(line, CultureInfo.InvariantCulture)}"));
    }

    private static long Offset<T>(string field) => (long)Marshal.OffsetOf<T>(field);
}
