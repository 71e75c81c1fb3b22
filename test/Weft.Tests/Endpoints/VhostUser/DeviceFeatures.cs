namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Feature bits of virtio-net and its transport (virtio 1.2 §5.1.3, §6).</summary>
[Flags]
public enum DeviceFeatures : ulong
{
    None = 0,
    Checksum = 1 << 0,
    GuestChecksum = 1 << 1,
    Mtu = 1 << 3,
    Mac = 1 << 5,
    GuestTso4 = 1 << 7,
    GuestTso6 = 1 << 8,
    GuestEcn = 1 << 9,
    GuestUfo = 1 << 10,
    HostTso4 = 1 << 11,
    HostTso6 = 1 << 12,
    HostEcn = 1 << 13,
    HostUfo = 1 << 14,
    MergeableBuffers = 1 << 15,
    LinkStatus = 1 << 16,
    ControlQueue = 1 << 17,
    MultiQueue = 1 << 22,
    LogAll = 1 << 26,
    AnyLayout = 1 << 27,
    Indirect = 1 << 28,
    EventIndex = 1 << 29,
    ProtocolFeatures = 1 << 30,
    Version1 = 1UL << 32,
    AccessPlatform = 1UL << 33,
    PackedRing = 1UL << 34,
    InOrder = 1UL << 35,

    /// <summary>What a Linux guest takes.</summary>
    Usual = Checksum | GuestChecksum | GuestTso4 | GuestTso6 | GuestEcn | HostTso4 | HostTso6 | HostEcn | MergeableBuffers |
        Indirect | EventIndex | ProtocolFeatures | Version1 | MultiQueue,

    Offloads = Checksum | GuestChecksum | GuestTso4 | GuestTso6 | GuestEcn | HostTso4 | HostTso6 | HostEcn,
}
