using System.Text;
using Weft.Model.Errors;

namespace Weft.Model.Validation;

/// <summary>Sockets that vhost-user NICs name themselves.</summary>
internal static class SocketCheck
{
    /// <summary>Characters that stand for something else in the arguments of a hypervisor or in a shell.</summary>
    private const string Unusable = ",:;'\"\\`$&|<>(){}[]*?!#";

    public static void Run(Topology topology, Finding report)
    {
        Dictionary<string, string> owners = new(StringComparer.Ordinal);
        foreach ((Vm vm, Nic nic) in topology.Vms.SelectMany(vm => vm.Nics.Select(nic => (vm, nic))))
        {
            if (nic.VhostUser is not { } place)
            {
                continue;
            }
            string name = Names.Nic(vm.Name, nic.Number);
            string path = $"vms.{vm.Name}.nics.{nic.Number}.vhost-user";
            if (place.Socket is not { } socket)
            {
                CheckDefault(place, name, path, report);
            }
            else if (!IsPath(socket))
            {
                report($"{path}.socket", ErrorCode.BadSocket, $"'{socket}' cannot be the socket of NIC {name}",
                    $"it is a full path from '/', without '..', of at most {HomeFolder.MaxSocketPath} bytes, none of them a space, quote, ',' or ':'");
            }
            else if (!owners.TryAdd(socket, name))
            {
                report($"{path}.socket", ErrorCode.DuplicateSocket, $"NIC {name} and NIC {owners[socket]} want the same socket '{socket}'",
                    "a socket belongs to one NIC; leave 'socket' away and each NIC gets one of its own");
            }
        }
    }

    private static void CheckDefault(VhostUserPlace place, string name, string path, Finding report)
    {
        if (place.Role == VhostUserRole.Client)
        {
            report(path, ErrorCode.BadSocket, $"NIC {name} has no socket to connect to",
                "with 'role: client' the hypervisor listens; say where: 'vhost-user: { role: client, socket: /run/vm.vhost }'");
        }
    }

    private static bool IsPath(string socket) => socket.Length > 1 && socket[0] == '/' && socket[^1] != '/' &&
        !socket.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || Unusable.Contains(c)) && socket == Path.GetFullPath(socket) &&
        Encoding.UTF8.GetByteCount(socket) <= HomeFolder.MaxSocketPath;
}
