namespace Weft.Engine.Cables;

/// <summary>Where the blocks of a capture go. Called on the lane: never waits.</summary>
public interface ICaptureSink
{
    /// <summary>Takes one whole block, or none of it: false when there is no room now. The writer counts what was lost
    /// and says so in the next block that fits.</summary>
    bool TryWrite(ReadOnlySpan<byte> block);

    /// <summary>Nothing comes any more.</summary>
    void End()
    {
    }
}
