using System.Net;
using System.Security;
using Weft.Model.Planning;

namespace Weft.Model.Attaching;

/// <summary>
/// Elements for the devices of a libvirt domain (seen with 9.0). The mode is the hypervisor's own part; only a client of
/// vhost-user can be told to reconnect. TCP and UDP are libvirt's own tunnels, in QEMU's framing; for unix sockets of frames
/// libvirt has no element, and arguments of QEMU stand beside the devices.
/// </summary>
internal static class LibvirtLines
{
    private const string Namespace = "http://libvirt.org/schemas/domain/qemu/1.0";

    public static readonly Purpose Purpose = new("libvirt", "libvirt", QemuLines.Purpose.Needs)
    {
        Fits = QemuLines.Purpose.Fits,
        Lines = Of,
    };

    private static IEnumerable<string> Of(PlanePort[] ports, Func<HypervisorHost> read)
    {
        Lazy<HypervisorHost> host = new(read);
        PlanePort[] byArguments = [.. ports.Where(NeedsArguments)];
        PlanePort[] rest = [.. ports.Where(p => !NeedsArguments(p))];
        return
        [
            .. ports.Select(p => p.Model).Where(m => m.QemuIsNearest).Distinct()
                .Select(m => $"# QEMU has no {m.Chip}: {m.Libvirt} is the nearest that it has"),
            .. ports.Any(p => p.Attachment == AttachmentKind.VhostUser) ? MemoryNote : [],
            .. rest.SelectMany(InterfaceOf),
            .. rest.Any(p => p.Attachment == AttachmentKind.VhostUser) && QemuLines.IsUnsound(host.Value) ? VectorsNote(rest) : [],
            .. byArguments.Length > 0 ? Arguments(byArguments, host.Value.Qemu) : [],
        ];
    }

    private static readonly string[] MemoryNote =
    [
        "<!-- the guest's memory has to be shared with Weft; beside <devices> stands:",
        "  <memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking> -->",
    ];

    /// <param name="interfaces">As they are printed: libvirt calls them net0, net1 and so on.</param>
    private static IEnumerable<string> VectorsNote(PlanePort[] interfaces) =>
    [
        $"<!-- QEMU before 8.0 without KVM crashes when a vhost-user NIC has MSI-X: in a <domain type='qemu' xmlns:qemu='{Namespace}'>, beside <devices>, stands:",
        "  <qemu:override>",
        .. Enumerable.Range(0, interfaces.Length).Where(i => interfaces[i].Attachment == AttachmentKind.VhostUser).Select(i =>
            $"    <qemu:device alias='net{i}'><qemu:frontend><qemu:property name='vectors' type='unsigned' value='0'/></qemu:frontend></qemu:device>"),
        "  </qemu:override> -->",
    ];

    private static bool NeedsArguments(PlanePort port) =>
        port.Attachment is AttachmentKind.Stream or AttachmentKind.Dgram && SocketText.IsPath(port.Path);

    private static IEnumerable<string> InterfaceOf(PlanePort port)
    {
        yield return $"<interface type='{TypeOf(port)}'>";
        yield return $"  <mac address='{port.Mac}'/>";
        yield return $"  {SourceOf(port)}";
        yield return $"  <model type='{port.Model.Libvirt}'/>";
        if (port.Queues > 1)
        {
            yield return $"  <driver queues='{port.Queues}'/>";
        }
        yield return "</interface>";
    }

    private static string TypeOf(PlanePort port) => port.Attachment switch
    {
        AttachmentKind.Stream => port.Dials ? "server" : "client",
        AttachmentKind.Dgram => "udp",
        _ => "vhostuser",
    };

    private static string SourceOf(PlanePort port) => port.Attachment switch
    {
        AttachmentKind.Stream => $"<source {End(port.Dials ? port.Path : QemuNetdev.WithHost(port.Path))}/>",
        AttachmentKind.Dgram => $"<source {End(QemuNetdev.WithHost(port.Path))}><local {End(port.Remote ?? "")}/></source>",
        _ => $"<source type='unix' path='{SecurityElement.Escape(port.Path)}' mode='{(port.Dials ? "server'/>" : "client'><reconnect enabled='yes' timeout='1'/></source>")}",
    };

    private static string End(string text) => SocketText.TryParse(text, out IPEndPoint end) ? $"address='{end.Address}' port='{end.Port}'" : "";

    private static IEnumerable<string> Arguments(PlanePort[] ports, Version? qemu) =>
    [
        $"<!-- for a unix socket libvirt has no element; beside <devices>, in a <domain xmlns:qemu='{Namespace}' …>, stands: -->",
        $"<qemu:commandline xmlns:qemu='{Namespace}'>",
        .. ports.SelectMany(p => QemuNetdev.Lines(p, Id(p), qemu).Append($"-device {p.Model.Qemu},netdev={Id(p)},mac={p.Mac}"))
            .SelectMany(line => line.Split(' ', 2)).Select(word => $"  <qemu:arg value='{SecurityElement.Escape(word)}'/>"),
        "</qemu:commandline>",
    ];

    private static string Id(PlanePort port) => $"nic{AttachLines.Number(port)}";
}
