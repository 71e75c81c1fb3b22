using Weft.Model.Planning;

namespace Weft.Model.Attaching;

/// <summary>
/// Arguments of qemu-system-x86_64. Guest memory is a memfd that Weft maps; QEMU takes its size from there, so -m is left
/// away. Where Weft listens QEMU connects, and again each second; a daemon or worker that comes back finds the guest there.
/// </summary>
internal static class QemuLines
{
    public static readonly Purpose Purpose = new("qemu", "QEMU", "'attach: vhost-user'")
    {
        Fits = port => port.Attachment == AttachmentKind.VhostUser,
        Lines = Of,
    };

    private const string Size = "1G";
    private const long SizeBytes = 1L << 30;

    /// <summary>7.2 was seen to crash; older ones are taken to, newer ones were not tried.</summary>
    private static readonly Version Sound = new(8, 0);

    private static IEnumerable<string> Of(PlanePort[] ports, Func<HypervisorHost> read)
    {
        HypervisorHost host = read();
        bool withoutVectors = host.Qemu is { } version && version < Sound;
        yield return $"# the guest's memory is shared with Weft: put your size in place of {Size} and leave -m away";
        if (host.Qemu is null)
        {
            yield return "# no qemu-system-x86_64 is installed here: one before 8.0 and without KVM needs ',vectors=0' behind each virtio-net-pci";
        }
        else if (withoutVectors)
        {
            yield return $"# vectors=0: QEMU 7.2 without KVM crashes when a vhost-user NIC has MSI-X, and here is {host.Qemu}; with KVM take it away";
        }
        string huge = host.FreeHugeBytes >= SizeBytes ? ",hugetlb=on" : "";
        yield return $"-object memory-backend-memfd,id=mem0,size={Size},share=on{huge}";
        yield return "-machine memory-backend=mem0";
        foreach (PlanePort port in ports)
        {
            string id = $"nic{AttachLines.Number(port)}";
            yield return $"-chardev socket,id={id},path={Escape(port.Path)},{(port.Dials ? "server=on,wait=off" : "reconnect=1")}";
            yield return $"-netdev vhost-user,id={id},chardev={id}{(port.Queues > 1 ? $",queues={port.Queues}" : "")}";
            yield return $"-device virtio-net-pci,netdev={id},mac={port.Mac}{QueuesOf(port, withoutVectors)}";
        }
    }

    /// <summary>Two vectors for each pair, one for its control queue and one for changes of the configuration.</summary>
    private static string QueuesOf(PlanePort port, bool withoutVectors) =>
        $"{(port.Queues > 1 ? ",mq=on" : "")}{(withoutVectors ? ",vectors=0" : port.Queues > 1 ? $",vectors={2 * port.Queues + 2}" : "")}";

    private static string Escape(string path) => path.Replace(",", ",,", StringComparison.Ordinal);
}
