using Weft.Model.Planning;

namespace Weft.Model.Attaching;

/// <summary>
/// Arguments of qemu-system-x86_64. For vhost-user the guest's memory is a memfd that Weft maps: its size and that of -m, if
/// there is one, have to be the same. Ways of frames need nothing of the guest's memory and carry every model.
/// </summary>
internal static class QemuLines
{
    public static readonly Purpose Purpose = new("qemu", "QEMU", "'attach: vhost-user', 'attach: stream' or 'attach: dgram'")
    {
        Fits = port => port.Attachment is AttachmentKind.VhostUser or AttachmentKind.Stream or AttachmentKind.Dgram,
        Lines = Of,
        AreArguments = true,
    };

    private const long DefaultMemory = 1L << 30;

    /// <summary>7.2 was seen to crash; older ones are taken to, newer ones were not tried.</summary>
    private static readonly Version Sound = new(8, 0);

    private static IEnumerable<string> Of(PlanePort[] ports, Func<HypervisorHost> read)
    {
        HypervisorHost host = read();
        bool shares = ports.Any(IsShared);
        IEnumerable<string> lines =
        [
            .. shares ? MemoryRemarks(host) : [],
            .. QemuNetdev.Remarks(ports, host.Qemu),
            .. ports.Select(p => p.Model).Where(m => m.QemuIsNearest).Distinct()
                .Select(m => $"# QEMU has no {m.Chip}: {m.Qemu} is the nearest that it has"),
            .. shares ? MemoryLines(host) : [],
            .. ports.SelectMany(p => NicLines(p, host)),
        ];
        return lines;
    }

    private static IEnumerable<string> MemoryRemarks(HypervisorHost host)
    {
        if (host.Memory is null)
        {
            yield return $"# the guest's memory is shared with Weft: put your size in place of {MemorySize.Text(DefaultMemory)} and leave -m away";
        }
        if (host is { Qemu: null, Accelerated: not true })
        {
            yield return "# no qemu-system-x86_64 is installed here: one before 8.0 and without KVM needs ',vectors=0' behind each virtio-net-pci";
        }
        else if (host.Accelerated is null && IsUnsound(host))
        {
            yield return $"# vectors=0: QEMU 7.2 without KVM crashes when a vhost-user NIC has MSI-X, and here is {host.Qemu}; with KVM take it away";
        }
    }

    private static IEnumerable<string> MemoryLines(HypervisorHost host)
    {
        long size = host.Memory ?? DefaultMemory;
        string huge = host.FreeHugeBytes >= size ? ",hugetlb=on" : "";
        return [$"-object memory-backend-memfd,id=mem0,size={MemorySize.Text(size)},share=on{huge}", "-machine memory-backend=mem0"];
    }

    private static IEnumerable<string> NicLines(PlanePort port, HypervisorHost host)
    {
        string id = $"nic{AttachLines.Number(port)}";
        return [.. QemuNetdev.Lines(port, id, host.Qemu), $"-device {port.Model.Qemu},netdev={id},mac={port.Mac}{QueuesOf(port, host)}"];
    }

    /// <summary>Two vectors for each pair, one for its control queue and one for changes of the configuration.</summary>
    private static string QueuesOf(PlanePort port, HypervisorHost host) =>
        $"{(port.Queues > 1 ? ",mq=on" : "")}{(IsShared(port) && IsUnsound(host) ? ",vectors=0" : port.Queues > 1 ? $",vectors={2 * port.Queues + 2}" : "")}";

    private static bool IsShared(PlanePort port) => port.Attachment == AttachmentKind.VhostUser;

    /// <summary>It crashes without KVM when a vhost-user NIC has MSI-X, and KVM was not asked for.</summary>
    internal static bool IsUnsound(HypervisorHost host) => QemuNetdev.IsBefore(host.Qemu, Sound) && host.Accelerated != true;
}
