namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>What front end and back end may agree on between themselves (VHOST_USER_PROTOCOL_F_…).</summary>
[Flags]
public enum ProtocolFeatures : ulong
{
    None = 0,
    MultiQueue = 1 << 0,
    LogMemory = 1 << 1,
    Rarp = 1 << 2,
    ReplyAck = 1 << 3,
    Mtu = 1 << 4,
    BackendChannel = 1 << 5,
    CrossEndian = 1 << 6,
    Config = 1 << 9,
    Inflight = 1 << 12,
    ResetDevice = 1 << 13,
    InbandNotifications = 1 << 14,
    MemorySlots = 1 << 15,
    Status = 1 << 16,
    Usual = MultiQueue | LogMemory | Rarp | ReplyAck | Mtu | BackendChannel | Config | ResetDevice | MemorySlots | Status,
}
