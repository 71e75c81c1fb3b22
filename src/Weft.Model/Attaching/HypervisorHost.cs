namespace Weft.Model.Attaching;

/// <summary>What decides how a hypervisor is started: of the host, and of the guest's own command where there is one.</summary>
/// <param name="FreeHugeBytes">In huge pages that nobody has taken.</param>
/// <param name="Qemu">Of the QEMU that will run; null: not known.</param>
public sealed record HypervisorHost(long FreeHugeBytes, Version? Qemu)
{
    /// <summary>Bytes that the guest shall have; null: nobody has said.</summary>
    public long? Memory { get; init; }

    /// <summary>The guest runs on the processor itself (KVM); null: nobody has said.</summary>
    public bool? Accelerated { get; init; }
}
