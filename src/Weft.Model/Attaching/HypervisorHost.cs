namespace Weft.Model.Attaching;

/// <summary>What of the host decides how a hypervisor is started.</summary>
/// <param name="FreeHugeBytes">In huge pages that nobody has taken.</param>
/// <param name="Qemu">Of the qemu-system-x86_64 that is installed; null: none.</param>
public sealed record HypervisorHost(long FreeHugeBytes, Version? Qemu);
