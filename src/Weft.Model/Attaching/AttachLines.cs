using Weft.Model.Errors;
using Weft.Model.Planning;

namespace Weft.Model.Attaching;

/// <summary>
/// The lines that attach a guest of one's own: arguments of a hypervisor, a part of its configuration, or commands. A line
/// that begins with '#' is for the reader. NICs that the purpose cannot use are left out. A new purpose is one entry here.
/// </summary>
public static class AttachLines
{
    public const char Remark = '#';

    private static readonly Purpose[] Known =
        [QemuLines.Purpose, UmlLines.Purpose, CloudHypervisorLines.Purpose, LibvirtLines.Purpose, NetnsLines.Purpose];

    public static string[] Purposes => [.. Known.Select(p => p.Word)];

    /// <exception cref="WeftException">Unknown VM or purpose, or no NIC of the VM that fits it.</exception>
    public static string[] For(DataPlane plane, Topology topology, string vm, string purpose, Func<HypervisorHost> host)
    {
        Vm found = topology.FindVm(vm) ?? throw new WeftException(Missing.Vm(topology, vm));
        Purpose known = Array.Find(Known, p => p.Word == purpose) ?? throw new WeftException(new WeftError(ErrorCode.BadRequest,
            $"nothing is known about attaching to '{purpose}'", $"the kinds are {string.Join(", ", Purposes)}",
            $"weft vm args {vm} --for {Known[0].Word}"));
        PlanePort[] ports = [.. plane.Ports.Where(p => p.Guest == found.Name)];
        PlanePort[] fitting = [.. ports.Where(known.Fits)];
        return fitting.Length > 0 ? [.. known.Lines(fitting, host)] : throw new WeftException(NoneFits(vm, known, ports));
    }

    /// <summary>The NIC's number in its VM.</summary>
    internal static int Number(PlanePort port) => Names.TryParseNic(port.Name, out _, out int number) ? number : 1;

    private static WeftError NoneFits(string vm, Purpose purpose, PlanePort[] ports)
    {
        Purpose? other = Array.Find(Known, p => ports.Any(p.Fits));
        return new WeftError(ErrorCode.WrongAttachment, $"vm '{vm}' has no NIC that {purpose.Who} can use",
            ports.Length == 0 ? "it has no NIC at all" : $"{purpose.Who} needs {purpose.Needs}",
            other is null ? "weft status" : $"weft vm args {vm} --for {other.Word}");
    }
}
