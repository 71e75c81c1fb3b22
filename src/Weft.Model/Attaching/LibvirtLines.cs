using System.Security;
using Weft.Model.Planning;

namespace Weft.Model.Attaching;

/// <summary>Elements for the devices of a libvirt domain. The mode is the hypervisor's own part; only a client can be told to reconnect.</summary>
internal static class LibvirtLines
{
    public static readonly Purpose Purpose = new("libvirt", "libvirt", "'attach: vhost-user'")
    {
        Fits = port => port.Attachment == AttachmentKind.VhostUser,
        Lines = Of,
    };

    private static IEnumerable<string> Of(PlanePort[] ports, Func<HypervisorHost> host) =>
    [
        "<!-- the guest's memory has to be shared with Weft; beside <devices> stands:",
        "  <memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking> -->",
        .. ports.SelectMany(InterfaceOf),
    ];

    private static IEnumerable<string> InterfaceOf(PlanePort port)
    {
        string source = $"<source type='unix' path='{SecurityElement.Escape(port.Path)}' mode='{(port.Dials ? "server" : "client")}'";
        yield return "<interface type='vhostuser'>";
        yield return $"  <mac address='{port.Mac}'/>";
        yield return port.Dials ? $"  {source}/>" : $"  {source}><reconnect enabled='yes' timeout='1'/></source>";
        yield return "  <model type='virtio'/>";
        if (port.Queues > 1)
        {
            yield return $"  <driver queues='{port.Queues}'/>";
        }
        yield return "</interface>";
    }
}
