namespace Weft.Endpoints.VhostUser;

/// <summary>Feature bits of a virtio-net device and of vhost-user (virtio 1.2 §5.1.3, §6; vhost-user, "Feature bits").</summary>
[Flags]
internal enum VirtioFeatures : ulong
{
    None = 0,
    Checksum = 1UL << 0,
    GuestChecksum = 1UL << 1,
    Mtu = 1UL << 3,
    Mac = 1UL << 5,
    GuestTso4 = 1UL << 7,
    GuestTso6 = 1UL << 8,
    GuestEcn = 1UL << 9,
    HostTso4 = 1UL << 11,
    HostTso6 = 1UL << 12,
    HostEcn = 1UL << 13,
    MergeableBuffers = 1UL << 15,
    Status = 1UL << 16,
    MultiQueue = 1UL << 22,
    LogAll = 1UL << 26,
    AnyLayout = 1UL << 27,
    IndirectDescriptors = 1UL << 28,
    EventIndex = 1UL << 29,
    ProtocolFeatures = 1UL << 30,
    Version1 = 1UL << 32,
    InOrder = 1UL << 35,

    /// <summary>What we always offer; <see cref="Mtu"/> comes with a network that has one of its own, <see cref="MultiQueue"/>
    /// with a card that has several pairs.</summary>
    Offered = Checksum | GuestChecksum | Mac | GuestTso4 | GuestTso6 | GuestEcn | HostTso4 | HostTso6 | HostEcn | MergeableBuffers |
        Status | LogAll | AnyLayout | IndirectDescriptors | EventIndex | ProtocolFeatures | Version1 | InOrder,
}
