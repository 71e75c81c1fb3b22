using Weft.Engine;

namespace Weft.Gateway.Arp;

/// <param name="Length">Bytes of the frame to send; 0 = nothing to say.</param>
/// <param name="Reason">Why the packet was dropped; <see cref="DropReason.None"/> when it was understood, answered or not.</param>
/// <param name="IsConflict">Somebody claims one of our addresses.</param>
internal readonly record struct ArpOutcome(int Length, DropReason Reason, bool IsConflict = false)
{
    /// <summary>What the sender fields taught.</summary>
    public NeighbourChange Change { get; init; }
}
