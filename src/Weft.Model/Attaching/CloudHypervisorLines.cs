using Weft.Model.Planning;

namespace Weft.Model.Attaching;

/// <summary>Arguments of cloud-hypervisor: --net stands once, with a word for each NIC. vhost_mode is the hypervisor's own part.</summary>
internal static class CloudHypervisorLines
{
    public static readonly Purpose Purpose = new("cloud-hypervisor", "Cloud Hypervisor", "'attach: vhost-user'")
    {
        Fits = port => port.Attachment == AttachmentKind.VhostUser,
        Lines = (ports, _) => [
            "# the guest's memory is shared with Weft: put your size in place of 1G",
            $"--memory size=1G,shared=on --net {string.Join(' ', ports.Select(WordOf))}",
        ],
    };

    private static string WordOf(PlanePort port) =>
        $"mac={port.Mac},socket={port.Path},vhost_user=true{(port.Queues > 1 ? $",num_queues={2 * port.Queues}" : "")}{(port.Dials ? ",vhost_mode=server" : "")}";
}
