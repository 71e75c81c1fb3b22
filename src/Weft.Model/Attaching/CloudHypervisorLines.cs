using Weft.Model.Planning;

namespace Weft.Model.Attaching;

/// <summary>Arguments of cloud-hypervisor: --net stands once, with a word for each NIC. vhost_mode is the hypervisor's own part.</summary>
internal static class CloudHypervisorLines
{
    public static readonly Purpose Purpose = new("cloud-hypervisor", "Cloud Hypervisor", "'attach: vhost-user'")
    {
        Fits = port => port.Attachment == AttachmentKind.VhostUser,
        Lines = (ports, host) => Of(ports, host()),
        AreArguments = true,
    };

    private static IEnumerable<string> Of(PlanePort[] ports, HypervisorHost host)
    {
        if (host.Memory is null)
        {
            yield return "# the guest's memory is shared with Weft: put your size in place of 1G";
        }
        yield return $"--memory size={MemorySize.Text(host.Memory ?? 1L << 30)},shared=on";
        for (int i = 0; i < ports.Length; i++)
        {
            yield return $"{(i == 0 ? "--net " : "")}{WordOf(ports[i])}";
        }
    }

    private static string WordOf(PlanePort port) =>
        $"mac={port.Mac},socket={port.Path},vhost_user=true{(port.Queues > 1 ? $",num_queues={2 * port.Queues}" : "")}{(port.Dials ? ",vhost_mode=server" : "")}";
}
