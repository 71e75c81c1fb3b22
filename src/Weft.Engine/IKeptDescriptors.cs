namespace Weft.Engine;

/// <summary>The one way to end a descriptor that the keeper holds too (design §2, "Death"): closing alone ends nothing.</summary>
public interface IKeptDescriptors
{
    /// <summary>Leaves readiness, then shuts down (or, with <paramref name="abort"/>, resets), drops the keeper's slot, closes.</summary>
    /// <param name="slot">The keeper's slot; −1 when it was never kept.</param>
    void End(int descriptor, int slot, bool abort);
}
