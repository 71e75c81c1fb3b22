namespace Weft.Engine;

/// <summary>Anything with a plug: a guest's NIC, the gateway, a tunnel. Lives on one lane; every call comes from its thread.</summary>
/// <remarks>
/// Contract, held by one test suite for all: <see cref="Poll"/> lends, <see cref="Release"/> takes back, nothing is kept in
/// between by anybody else; <see cref="Deliver"/> has sent, or counted a named drop for, every frame before it returns.
/// Misbehaviour of a peer is a counter, never an exception.
/// </remarks>
public interface IEndpoint : IDisposable
{
    EndpointCaps Caps { get; }

    /// <summary>Frames of up to the network's MTU that would be taken now without a drop, an uncut segment counting as its pieces:
    /// an estimate; <see cref="Port.Plenty"/> where that is no question, 0 when full.
    /// After 0 the endpoint calls <see cref="IPortSignal.RoomAgain"/> once there is room.</summary>
    int Room { get; }

    /// <summary>Lends what has arrived by adding frames to <paramref name="burst"/>. Never blocks.
    /// Returns true when more may be waiting: the port then stays in the lane's ready list.</summary>
    bool Poll(Burst burst);

    /// <summary>Sends each frame or counts a drop, before it returns; keeps nothing.</summary>
    void Deliver(ReadOnlySpan<FrameRef> frames);

    /// <summary>End of the turn in which <see cref="Poll"/> lent frames: the bytes go back.</summary>
    void Release(Burst burst);
}

/// <summary>What an endpoint may tell the port that it is plugged into.</summary>
public interface IPortSignal
{
    /// <summary>Frames are waiting: poll me in this turn or the next.</summary>
    void Ready();

    /// <summary>My queues are to be looked at until the lane sleeps: there is something that I wait for.</summary>
    void LookAtMe()
    {
    }

    /// <summary>There is room again after <see cref="IEndpoint.Room"/> was 0.</summary>
    void RoomAgain();

    /// <summary>Carrier toward the guest came or went (a hypervisor connected or left).</summary>
    void CarrierChanged(bool up);
}
