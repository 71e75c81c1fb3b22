using Weft.Model.Errors;
using Weft.Model.Planning;

namespace Weft.Model.Attaching;

/// <summary>
/// The lines that attach a guest of one's own. UML: one argument of linux.uml for each seqpacket NIC; the vector driver's
/// "bess" transport connects to a SOCK_SEQPACKET socket and carries one frame per message. Netns: a command for each TAP NIC.
/// </summary>
public static class AttachLines
{
    public const string Uml = "uml";
    public const string Netns = "netns";

    public static readonly string[] Purposes = [Uml, Netns];

    /// <exception cref="WeftException">Unknown VM or purpose, or no NIC of the VM that fits it.</exception>
    public static string[] For(DataPlane plane, Topology topology, string vm, string purpose)
    {
        Vm found = topology.FindVm(vm) ?? throw new WeftException(Missing.Vm(topology, vm));
        PlanePort[] ports = [.. plane.Ports.Where(p => p.Guest == vm)];
        string[] lines = purpose switch
        {
            Uml => [.. ports.Where(p => p.Attachment == AttachmentKind.Seqpacket).Select(UmlLine)],
            Netns => [.. ports.Where(p => p.Attachment == AttachmentKind.Tap).Select(NetnsLine)],
            _ => throw new WeftException(new WeftError(ErrorCode.BadRequest, $"nothing is known about attaching to '{purpose}'",
                $"the kinds are {string.Join(", ", Purposes)}", $"weft vm args {vm} --for {Uml}")),
        };
        return lines.Length > 0 ? lines : throw new WeftException(NoneFits(found, purpose));
    }

    private static string UmlLine(PlanePort port) =>
        $"vec{Number(port) - 1}:transport=bess,dst={port.Path},depth=128,mac={port.Mac}";

    /// <summary>Weft has made the interface, given it the NIC's MAC and brought it up; what is left is an address.</summary>
    private static string NetnsLine(PlanePort port)
    {
        string inside = port.Namespace switch
        {
            null => "",
            var path when path.StartsWith('/') => $"nsenter --net={path} ",
            var pid when pid.All(char.IsAsciiDigit) => $"nsenter --preserve-credentials -U -n -t {pid} ",
            var name => $"ip netns exec {name} ",
        };
        return $"{inside}dhclient -1 {port.Path}";
    }

    private static int Number(PlanePort port) => Names.TryParseNic(port.Name, out _, out int number) ? number : 1;

    private static WeftError NoneFits(Vm vm, string purpose) => purpose == Uml
        ? new WeftError(ErrorCode.WrongAttachment, $"vm '{vm.Name}' has no NIC that User-Mode Linux can use",
            "UML needs 'attach: seqpacket', which is what a NIC has by default", $"weft vm args {vm.Name} --for {Netns}")
        : new WeftError(ErrorCode.WrongAttachment, $"vm '{vm.Name}' has no NIC that a network namespace can use",
            "a namespace needs 'attach: tap' with 'tap: { name: …, netns: … }'", $"weft vm args {vm.Name} --for {Uml}");
}
