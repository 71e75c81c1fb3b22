namespace Weft.Model;

/// <summary>
/// The card that a guest sees, and what each hypervisor calls it. Only virtio has rings in the guest's memory, so only
/// virtio goes over vhost-user; the others are emulated by the hypervisor, which hands over frames. Where a hypervisor
/// lacks a chip, the nearest one that the same driver of the guest takes stands in its place.
/// </summary>
/// <param name="Word">As a file and the status have it.</param>
/// <param name="Chip">As its data sheet has it; a file may say that too.</param>
/// <param name="PciId">Vendor and device: what the guest's driver goes by.</param>
/// <param name="Qemu">Of <c>-device</c>.</param>
/// <param name="Libvirt">Of <c>&lt;model type=…/&gt;</c> for its QEMU driver.</param>
/// <param name="VirtualBox">Of <c>VBoxManage modifyvm --nictype</c>.</param>
public sealed record NicModel(string Word, string Chip, string PciId, string Qemu, string Libvirt, string VirtualBox)
{
    public static readonly NicModel Virtio = new("virtio", "virtio", "1af4:1000", "virtio-net-pci", "virtio", "virtio");

    public static readonly NicModel[] All =
    [
        Virtio,
        new("e1000", "82540EM", "8086:100e", "e1000", "e1000", "82540EM"),
        new("e1000-82545em", "82545EM", "8086:100f", "e1000-82545em", "e1000-82545em", "82545EM"),
        new("e1000-82544gc", "82544GC", "8086:100c", "e1000-82544gc", "e1000-82544gc", "82543GC") { VirtualBoxIsNearest = true },
        new("82543GC", "82543GC", "8086:1004", "e1000-82544gc", "e1000-82544gc", "82543GC") { QemuIsNearest = true },
        new("pcnet", "Am79C970A", "1022:2000", "pcnet", "pcnet", "Am79C970A"),
        new("Am79C973", "Am79C973", "1022:2000", "pcnet", "pcnet", "Am79C973") { QemuIsNearest = true },
    ];

    /// <summary>Every word that a file may have.</summary>
    public static readonly string[] Words = [.. All.SelectMany(m => (string[])[m.Word, m.Chip]).Distinct()];

    /// <summary>QEMU, and so libvirt, has no such chip.</summary>
    public bool QemuIsNearest { get; private init; }

    public bool VirtualBoxIsNearest { get; private init; }

    public bool IsVirtio => this == Virtio;

    /// <summary>The way of a NIC that names none.</summary>
    public AttachmentKind UsualAttachment => IsVirtio ? AttachmentKind.VhostUser : AttachmentKind.Stream;

    /// <summary>Upper and lower case are one; null: there is none of that name.</summary>
    public static NicModel? Find(string word) => Array.Find(All, m =>
        m.Word.Equals(word, StringComparison.OrdinalIgnoreCase) || m.Chip.Equals(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether frames of the card can take that way.</summary>
    public bool CanUse(AttachmentKind attachment) => IsVirtio || attachment is AttachmentKind.Stream or AttachmentKind.Dgram;
}
