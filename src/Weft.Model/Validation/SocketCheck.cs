using System.Text;
using Weft.Model.Errors;

namespace Weft.Model.Validation;

/// <summary>
/// Sockets that NICs name themselves: paths, and of streams and datagrams also IPv4:PORT. Each belongs to one NIC, but streams
/// of several may be listened for at one place. Who listens on 0.0.0.0 has the port on all addresses of the host; forwards listen too.
/// </summary>
internal static class SocketCheck
{
    /// <summary>Characters that stand for something else in the arguments of a hypervisor or in a shell.</summary>
    internal const string Unusable = ",:;'\"\\`$&|<>(){}[]*?!#";

    private static readonly string PathRule =
        $"it is a full path from '/', without '..', of at most {HomeFolder.MaxSocketPath} bytes, none of them a space, quote, ',' or ':'";

    public static void Run(Topology topology, Finding report)
    {
        List<SocketUse> taken = [.. topology.Forwards.Select(SocketUse.Of)];
        foreach ((Vm vm, Nic nic) in topology.Vms.SelectMany(vm => vm.Nics.Select(nic => (vm, nic))))
        {
            string name = Names.Nic(vm.Name, nic.Number);
            string path = $"vms.{vm.Name}.nics.{nic.Number}.{nic.Attachment.Word()}";
            CheckWhole(nic, name, path, report);
            foreach (SocketUse use in SocketUse.Of(nic, name))
            {
                string at = $"{path}.{use.Key}";
                if (!IsGood(use))
                {
                    report(at, ErrorCode.BadSocket, $"'{use.Address}' cannot be the socket of NIC {name}", Rule(use));
                }
                else if (taken.Find(use.ClashesWith) is { } other)
                {
                    report(at, ErrorCode.DuplicateSocket, use.Owner == other.Owner
                        ? $"both ends of NIC {name} are '{use.Address}'"
                        : $"{use.Owner} and {other.Owner} want the same socket '{use.Address}'", Advice(use, nic));
                }
                else
                {
                    taken.Add(use);
                }
            }
        }
    }

    private static void CheckWhole(Nic nic, string name, string path, Finding report)
    {
        if (nic.VhostUser is { Role: VhostUserRole.Client, Socket: null })
        {
            report(path, ErrorCode.BadSocket, $"NIC {name} has no socket to connect to",
                "with 'role: client' the hypervisor listens; say where: 'vhost-user: { role: client, socket: /run/vm.vhost }'");
        }
        if (nic.Dgram is { } dgram && (dgram.Local is null) != (dgram.Remote is null))
        {
            report(path, ErrorCode.BadSocket, $"NIC {name} has one end of two",
                "'local' is Weft's end and 'remote' the hypervisor's: give both, or none and they lie in Weft's own folder");
        }
        if (nic.Dgram is { Local: { } local, Remote: { } remote } && SocketText.IsPath(local) != SocketText.IsPath(remote))
        {
            report(path, ErrorCode.BadSocket, $"the ends '{local}' and '{remote}' of NIC {name} do not meet",
                "both are paths, or both are ADDRESS:PORT");
        }
    }

    private static bool IsGood(SocketUse use) => use.TakesPorts && !SocketText.IsPath(use.Address)
        ? SocketText.TryParse(use.Address, out var end) && V4.Of(end.Address) >> 28 < 0xe && (use.IsOurs || V4.Of(end.Address) != 0)
        : IsPath(use.Address);

    private static string Rule(SocketUse use) => !use.TakesPorts ? PathRule
        : SocketText.IsPath(use.Address) ? PathRule
        : $"it is ADDRESS:PORT with an IPv4 address{(use.IsOurs ? " of this host" : "")} and a port from 1 to 65535, or a full path from '/'";

    private static string Advice(SocketUse use, Nic nic) => SocketText.IsPath(use.Address)
        ? $"a socket belongs to one NIC; {(nic.VhostUser is null ? $"write 'attach: {nic.Attachment.Word()}' alone" : "leave 'socket' away")} and each NIC gets one of its own"
        : "a port belongs to one NIC or forward; give another one";

    private static bool IsPath(string socket) => socket.Length > 1 && socket[0] == '/' && socket[^1] != '/' &&
        !socket.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || Unusable.Contains(c)) && socket == Path.GetFullPath(socket) &&
        Encoding.UTF8.GetByteCount(socket) <= HomeFolder.MaxSocketPath;
}
