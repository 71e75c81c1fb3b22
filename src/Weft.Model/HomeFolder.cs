using System.Text;
using Weft.Model.Errors;

namespace Weft.Model;

/// <summary>
/// The folder that holds everything one Weft writes: <c>run/</c> for sockets and logs, <c>state/</c> for what outlives it.
/// WEFT_HOME, else $XDG_STATE_HOME/weft, else ~/.local/state/weft; two homes are two Wefts.
/// </summary>
public sealed record HomeFolder(string Path)
{
    /// <summary>Bytes of <c>sun_path</c> without the final zero.</summary>
    public const int MaxSocketPath = 107;

    public string Run => $"{Path}/run";

    public string Ports => $"{Run}/ports";

    public string State => $"{Path}/state";

    /// <summary>How many lanes the worker has, and on which processors.</summary>
    public string Lanes => $"{State}/lanes";

    /// <summary>Where weftd answers the host's questions for names; no file: nowhere.</summary>
    public string NameServer => $"{State}/dns";

    public string ApiSocket => $"{Run}/weftd.sock";

    public string WorkerSocket => $"{Run}/worker.sock";

    public string KeeperSocket => $"{Run}/keeper.sock";

    public string Lock => $"{Run}/weftd.lock";

    public string Log => $"{Run}/weftd.log";

    /// <summary>The home that <paramref name="given"/> or else the environment names.</summary>
    public static HomeFolder Find(string? given = null)
    {
        string path = NotEmpty(given) ?? NotEmpty(Environment.GetEnvironmentVariable("WEFT_HOME")) ??
            System.IO.Path.Combine(NotEmpty(Environment.GetEnvironmentVariable("XDG_STATE_HOME")) ??
                System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state"), "weft");
        return new HomeFolder(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)));
    }

    /// <summary>Refuses a home in which a socket's path would not fit, before anything is made there.</summary>
    /// <exception cref="WeftException">The longest path, of Weft's own or of a NIC in <paramref name="topology"/>, is too long.</exception>
    public void RequireShortPaths(Topology? topology = null)
    {
        IEnumerable<string> ports = topology?.Vms.SelectMany(vm => vm.Nics.Where(nic => !nic.NamedSockets.Any())
            .Select(nic => $"{Ports}/{(nic.Attachment == AttachmentKind.Dgram ? Names.GuestSocket(vm.Name, nic) : Names.Socket(vm.Name, nic))}")) ?? [];
        string longest = ports.Append(WorkerSocket).Append(KeeperSocket).MaxBy(Encoding.UTF8.GetByteCount)!;
        int bytes = Encoding.UTF8.GetByteCount(longest);
        if (bytes > MaxSocketPath)
        {
            throw new WeftException(new WeftError(ErrorCode.HomePathTooLong, $"the path {longest} is too long for a unix socket",
                $"it has {bytes} bytes and the system takes {MaxSocketPath}; the home has to be {bytes - MaxSocketPath} bytes shorter",
                    "WEFT_HOME=/tmp/weft weft up"));
        }
    }

    /// <summary>Refuses sockets of NICs that would lie among Weft's own: whoever listens at a path takes away what was there.</summary>
    /// <exception cref="WeftException">A NIC in <paramref name="topology"/> names a path in the run folder.</exception>
    public void RequireForeignSockets(Topology topology)
    {
        foreach ((Vm vm, Nic nic) in topology.Vms.SelectMany(vm => vm.Nics.Select(nic => (vm, nic))))
        {
            if (nic.NamedSockets.FirstOrDefault(socket => socket.StartsWith($"{Run}/", StringComparison.Ordinal)) is { } own)
            {
                throw new WeftException(new WeftError(ErrorCode.BadSocket,
                    $"'{own}' cannot be the socket of NIC {Names.Nic(vm.Name, nic.Number)}",
                    $"what lies in {Run} is Weft's own; name none and the NIC gets one there, or name another folder", "weft status"));
            }
        }
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
