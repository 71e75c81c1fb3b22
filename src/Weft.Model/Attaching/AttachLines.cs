using Weft.Model.Errors;
using Weft.Model.Planning;

namespace Weft.Model.Attaching;

/// <summary>
/// The lines that attach a guest of one's own: arguments of a hypervisor, a part of its configuration, or commands. A line
/// that begins with '#' is for the reader; there it is told which NICs the purpose cannot use, and why. A new purpose is one
/// entry here.
/// </summary>
public static class AttachLines
{
    public const char Remark = '#';

    private static readonly Purpose[] Known =
    [
        QemuLines.Purpose, UmlLines.Purpose, LibvirtLines.Purpose, VirtualBoxLines.Purpose, CloudHypervisorLines.Purpose,
        NetnsLines.Purpose, FirecrackerLines.Purpose,
    ];

    public static string[] Purposes => [.. Known.Select(p => p.Word)];

    /// <summary>Those whose lines are arguments of a command that runs the guest.</summary>
    public static string[] Commands => [.. Known.Where(p => p.AreArguments).Select(p => p.Word)];

    /// <exception cref="WeftException">Unknown VM or purpose, or no NIC of the VM that fits it.</exception>
    public static string[] For(DataPlane plane, Topology topology, string vm, string purpose, Func<HypervisorHost> host)
    {
        Vm found = topology.FindVm(vm) ?? throw new WeftException(Missing.Vm(topology, vm, near => $"weft vm args {near} --for {ShellWord.Of(purpose)}"));
        Purpose known = Array.Find(Known, p => p.Word == purpose) ?? throw new WeftException(new WeftError(ErrorCode.BadRequest,
            $"nothing is known about attaching to '{purpose}'", $"the kinds are {string.Join(", ", Purposes)}",
            $"weft vm args {vm} --for {(Array.Find(Known, k => plane.Ports.Any(p => p.Guest == found.Name && k.Fits(p))) ?? Known[0]).Word}"));
        PlanePort[] ports = [.. plane.Ports.Where(p => p.Guest == found.Name).OrderBy(Number)];
        PlanePort[] fitting = [.. ports.Where(known.Fits)];
        return fitting.Length > 0
            ? [.. ports.Except(fitting).Select(p => LeftOut(p, known)), .. known.Lines(fitting, host)]
            : throw new WeftException(NoneFits(vm, known, ports));
    }

    public static bool IsRemark(string line) => line.StartsWith(Remark);

    /// <summary>The words that a command gets of lines that are arguments: an option and its value are two.</summary>
    public static string[] Words(IEnumerable<string> lines) =>
        [.. lines.Where(l => !IsRemark(l)).SelectMany(l => l.StartsWith('-') ? l.Split(' ', 2) : [l])];

    /// <summary>The NIC's number in its VM.</summary>
    internal static int Number(PlanePort port) => Names.TryParseNic(port.Name, out _, out int number) ? number : 1;

    private static string LeftOut(PlanePort port, Purpose purpose) =>
        $"{Remark} NIC {port.Name} is left out: it is attached by {port.Attachment.Word()}, and {purpose.Who} needs {purpose.Needs}";

    private static WeftError NoneFits(string vm, Purpose purpose, PlanePort[] ports)
    {
        Purpose? other = Array.Find(Known, p => ports.Any(p.Fits));
        return new WeftError(ErrorCode.WrongAttachment, $"vm '{vm}' has no NIC that {purpose.Who} can use",
            ports.Length == 0 ? "it has no NIC at all" : $"{purpose.Who} needs {purpose.Needs}",
            other is null ? "weft status" : $"weft vm args {vm} --for {other.Word}");
    }
}
