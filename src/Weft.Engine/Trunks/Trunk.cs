namespace Weft.Engine.Trunks;

/// <summary>
/// A cable between two lanes: an end in a port of each. A frame that crosses is copied once more, into memory of the trunk,
/// since a loan ends with its turn and the other lane takes its own. Full means what it means for a guest's ring: senders
/// that can hold are held, others lose frames by name.
/// </summary>
public sealed class Trunk : IDisposable
{
    private readonly FrameRing _there = new();
    private readonly FrameRing _back = new();

    /// <param name="first">A port of one lane, without a plug.</param>
    /// <param name="second">A port of another.</param>
    public Trunk(Port first, Port second)
    {
        TrunkEnd one = new(first, _there, _back);
        TrunkEnd other = new(second, _back, _there);
        one.Peer = other;
        other.Peer = one;
        first.Attach(one);
        second.Attach(other);
    }

    /// <summary>Both ports are disposed, or neither lane runs.</summary>
    public void Dispose()
    {
        _there.Dispose();
        _back.Dispose();
    }
}
