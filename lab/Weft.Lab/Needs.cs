namespace Weft.Lab;

/// <summary>What a scene needs of the machine, beside the programs that every scene needs.</summary>
[Flags]
public enum Needs
{
    Nothing = 0,

    /// <summary>User-Mode Linux and busybox.</summary>
    Uml = 1,

    /// <summary>A network namespace with a TAP in it.</summary>
    Tap = 2,

    Root = 4,
    Dhclient = 8,

    /// <summary>dig, and dnsmasq as a resolver that nobody here wrote.</summary>
    Dns = 16,
    Ethtool = 32,

    /// <summary>QEMU, and a kernel with its modules and a busybox of its own, which lab/test.sh fetches.</summary>
    Qemu = 64,

    /// <summary>dpdk-testpmd.</summary>
    Dpdk = 128,

    /// <summary>QEMU alone: the boot firmware of its cards asks for an address.</summary>
    Firmware = 256,
    Zsh = 512,
    Fish = 1024,

    /// <summary>virt-qemu-run: libvirt's QEMU driver without its daemon.</summary>
    Libvirt = 2048,
}
