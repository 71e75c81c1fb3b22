using Weft.Model.Errors;

namespace Weft.Model.Validation;

/// <summary>Whether each NIC's card can take the way that its frames shall take.</summary>
internal static class ModelCheck
{
    public static void Run(Topology topology, Finding report)
    {
        foreach ((Vm vm, Nic nic) in topology.Vms.SelectMany(vm => vm.Nics.Select(nic => (vm, nic))))
        {
            if (!nic.Model.CanUse(nic.Attachment))
            {
                report($"vms.{vm.Name}.nics.{nic.Number}.model", ErrorCode.DoesNotApply,
                    $"NIC {Names.Nic(vm.Name, nic.Number)} cannot be of model {nic.Model.Word} and attached by {nic.Attachment.Word()}",
                    $"{CauseOf(nic.Attachment)}; {nic.Model.Word} takes 'attach: stream' or 'attach: dgram', and over {nic.Attachment.Word()} goes 'model: virtio'");
            }
        }
    }

    private static string CauseOf(AttachmentKind attachment) => attachment switch
    {
        AttachmentKind.VhostUser => "vhost-user shares the rings of a virtio card, and no other card has them",
        AttachmentKind.Tap => "behind a TAP is an interface of the host and no card",
        _ => "what takes single messages, like User-Mode Linux, has no card of a PC",
    };
}
