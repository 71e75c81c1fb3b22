namespace Weft.Model.Attaching;

/// <summary>
/// The command that runs a guest, as its owner has typed it: what runs there by its name, what it says of the guest, and how
/// the arguments of NICs come into it.
/// </summary>
/// <param name="Purpose">One of <see cref="AttachLines.Commands"/>.</param>
/// <param name="Words">The program, then its arguments.</param>
public sealed record GuestCommand(string Purpose, Items<string> Words)
{
    private const string Qemu = "qemu";
    private const string Uml = "uml";
    private const string CloudHypervisor = "cloud-hypervisor";

    /// <summary>What it says of the guest's memory and processor; nothing of QEMU's version.</summary>
    public HypervisorHost Told => Purpose switch
    {
        Qemu => QemuCommand.Told(Words),
        CloudHypervisor => CloudHypervisorCommand.Told(Words),
        _ => new HypervisorHost(0, null),
    };

    /// <summary>The purpose that a program of this name serves; null: its name does not say.</summary>
    public static string? PurposeOf(string program) => program[(program.LastIndexOf('/') + 1)..] switch
    {
        "kvm" or "qemu-kvm" or ['q', 'e', 'm', 'u', '-', 's', 'y', 's', 't', 'e', 'm', '-', ..] => Qemu,
        "linux" or "linux.uml" => Uml,
        "cloud-hypervisor" or "cloud-hypervisor-static" => CloudHypervisor,
        "firecracker" => "firecracker",
        "VBoxManage" or "VBoxHeadless" or "VirtualBox" or "VirtualBoxVM" => "virtualbox",
        "virsh" or "virt-install" => "libvirt",
        _ => null,
    };

    /// <summary>The whole command with the arguments of NICs (<see cref="AttachLines.Words"/>) in place.</summary>
    public string[] With(string[] arguments) => Purpose switch
    {
        Qemu => QemuCommand.With(Words, arguments),
        CloudHypervisor => CloudHypervisorCommand.With(Words, arguments),
        _ => BeforeInit(arguments),
    };

    /// <summary>What stands behind "--" is not the kernel's but its first program's.</summary>
    private string[] BeforeInit(string[] arguments) =>
        [.. Words.TakeWhile(w => w != "--"), .. arguments, .. Words.SkipWhile(w => w != "--")];
}
