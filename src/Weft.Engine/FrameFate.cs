namespace Weft.Engine;

/// <summary>What the gateway does with a frame that it does not drop.</summary>
public enum FrameFate : byte
{
    None = 0,

    /// <summary>Not for the gateway, or nothing to do about it.</summary>
    Ignored,
    ArpAnswered,
    Dhcp,

    /// <summary>A ping of the gateway itself.</summary>
    PingAnswered,

    /// <summary>Answered from the network's own names.</summary>
    DnsAnswered,
    DnsForwarded,

    /// <summary>Its hops are used up: the guest is told.</summary>
    TimeExceeded,

    /// <summary>Part of a flow that is there.</summary>
    KnownFlow,

    /// <summary>A flow is made, toward the host's side.</summary>
    NewFlow,

    /// <summary>TCP of no connection that we know: answered with a reset.</summary>
    Reset,
}
