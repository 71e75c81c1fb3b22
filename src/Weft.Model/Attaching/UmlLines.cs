using Weft.Model.Planning;

namespace Weft.Model.Attaching;

/// <summary>
/// Arguments of linux.uml, one for each NIC. The vector driver's "bess" transport connects to a SOCK_SEQPACKET socket and
/// carries one frame per message. virtio_uml connects to a vhost-user socket, never listens, and has one queue pair; 1 is virtio's number of a network card.
/// </summary>
internal static class UmlLines
{
    public static readonly Purpose Purpose = new("uml", "User-Mode Linux",
        "'attach: vhost-user' where Weft listens, with one queue, or 'attach: seqpacket'")
    {
        Fits = port => port.Attachment == AttachmentKind.Seqpacket || port is { Attachment: AttachmentKind.VhostUser, Dials: false, Queues: 1 },
        Lines = (ports, _) => ports.Select(LineOf),
        AreArguments = true,
    };

    private static string LineOf(PlanePort port) => port.Attachment == AttachmentKind.VhostUser
        ? $"virtio_uml.device={port.Path}:1"
        : $"vec{AttachLines.Number(port) - 1}:transport=bess,dst={port.Path},depth=128,mac={port.Mac}";
}
