namespace Weft.Engine;

/// <summary>
/// An endpoint whose queues lie in memory shared with the peer. The lane can look at them without a system call, and for a
/// while it does instead of sleeping; before it sleeps it asks the peer to tell of what comes.
/// </summary>
public interface IMemoryQueue
{
    /// <summary>Frames that were polled may stay with the peer, to be polled again (<see cref="Burst.HoldBack"/>).</summary>
    bool CanHold { get; }

    /// <summary>True when <see cref="IEndpoint.Poll"/> would lend something. Tells the port (<see cref="IPortSignal.RoomAgain"/>)
    /// when there is room after there was none.</summary>
    bool Look();

    /// <summary>Asks the peer to tell (<see cref="IPortSignal.Ready"/>, <see cref="IPortSignal.RoomAgain"/>) of what it brings from
    /// here on. False when something is there already, of which nobody tells.</summary>
    bool Listen();

    /// <summary>As <see cref="IEndpoint.Deliver"/>, but what finds no room stays with the caller; how many frames were handled.</summary>
    int Offer(ReadOnlySpan<FrameRef> frames);
}
