namespace Weft.Endpoints.VhostUser;

/// <summary>What the two ends of the connection may say to each other (vhost-user, "Protocol features").</summary>
[Flags]
internal enum ProtocolFeatures : ulong
{
    None = 0,
    MultiQueue = 1UL << 0,
    LogDescriptor = 1UL << 1,
    Rarp = 1UL << 2,
    ReplyAck = 1UL << 3,
    Mtu = 1UL << 4,
    BackendRequests = 1UL << 5,
    Configuration = 1UL << 9,
    ResetDevice = 1UL << 13,
    MemorySlots = 1UL << 15,
    Status = 1UL << 16,

    Offered = MultiQueue | LogDescriptor | Rarp | ReplyAck | Mtu | BackendRequests | Configuration | ResetDevice | MemorySlots | Status,
}
