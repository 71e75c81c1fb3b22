namespace Weft.Engine;

/// <summary>
/// Watches decisions on a frame's way. The data path is generic over a struct of this kind; the empty one compiles away.
/// A trace that is on makes the frame a question: every decision is taken as for a frame that came in, and nothing is learned,
/// counted, made or sent.
/// </summary>
public interface ITrace
{
    /// <summary>False lets the compiler remove every call, and the question with it.</summary>
    static abstract bool IsOn { get; }

    /// <summary>Tag of the port that the frame would have come in at; 0 for one of our own.</summary>
    ulong FromTag { get; }

    /// <summary>The switch would learn the source at the port it came from.</summary>
    void Learned();

    void Forwarded(ushort toPort);

    void Flooded(int ports);

    void Dropped(DropReason reason);

    /// <summary>The gateway's word.</summary>
    /// <param name="end">Where the flow goes on the host's side; none where it goes nowhere.</param>
    void Decided(FrameFate fate, HostEnd end = default);
}
