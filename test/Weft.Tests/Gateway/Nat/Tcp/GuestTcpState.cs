namespace Weft.Tests.Gateway.Nat.Tcp;

internal enum GuestTcpState
{
    Idle,
    SynSent,
    SynReceived,

    /// <summary>Data and FINs both ways.</summary>
    Established,

    /// <summary>Both FINs are acknowledged: TIME-WAIT or CLOSED. A repeated FIN is still answered.</summary>
    Finished,

    /// <summary>Reset or refused.</summary>
    Closed,
}
