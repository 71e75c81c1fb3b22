namespace Weft.Lab.Qemu;

/// <summary>What a QEMU guest is booted with.</summary>
/// <param name="Name">Its host name.</param>
/// <param name="Folder">A folder of its own, created when missing; no spaces.</param>
/// <param name="Lines">What <c>weft vm args NAME --for qemu</c> printed.</param>
internal sealed record QemuGuestSettings(string Name, string Folder, string[] Lines)
{
    /// <summary><c>dhcp</c>, <c>none</c>, or ADDRESS/PREFIX.</summary>
    public string Addressing { get; init; } = "dhcp";

    /// <summary>Command and arguments in front of QEMU's; empty for none.</summary>
    public string[] Runner { get; init; } = [];

    public int Processors { get; init; } = 1;

    /// <summary>It waits to be what another QEMU sends (<see cref="QemuGuest.MoveToAsync"/>), and does not boot.</summary>
    public bool Incoming { get; init; }

    /// <summary>Until the first command can be taken: an emulated processor, on a machine that has other things to do.</summary>
    public TimeSpan BootLimit { get; init; } = TimeSpan.FromSeconds(120);
}
