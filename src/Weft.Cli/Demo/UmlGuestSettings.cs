namespace Weft.Cli.Demo;

/// <summary>What a User-Mode Linux guest is booted with.</summary>
/// <param name="Name">Its host name; also its id among the kernels of this folder.</param>
/// <param name="Folder">A folder of its own, created when missing; no spaces.</param>
/// <param name="Nic">The kernel argument that makes its card, <c>vec0</c> or <c>eth0</c>; null = none.</param>
internal sealed record UmlGuestSettings(string Name, string Folder, string? Nic)
{
    /// <summary><c>dhcp</c>, <c>none</c>, or ADDRESS/PREFIX.</summary>
    public string Addressing { get; init; } = "dhcp";

    /// <summary>Command and arguments in front of the kernel's; empty for none.</summary>
    public string[] Runner { get; init; } = [];

    public int MemoryMiB { get; init; } = 96;

    /// <summary>Until the first command can be taken.</summary>
    public TimeSpan BootLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The argument for a NIC on a SOCK_SEQPACKET listener.</summary>
    public static string SeqpacketNic(string socket, string mac) => $"vec0:transport=bess,dst={socket},depth=128,mac={mac}";
}
