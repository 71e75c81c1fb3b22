namespace Weft.Engine;

/// <summary>
/// An endpoint whose queue lies in memory shared with the peer. The lane can look at it without a system call, and for a
/// while it does instead of sleeping; before it sleeps it asks the peer to tell of what comes.
/// </summary>
public interface IMemoryQueue
{
    /// <summary>A look whether <see cref="IEndpoint.Poll"/> would lend something.</summary>
    bool HasWaiting { get; }

    /// <summary>Asks the peer to tell (<see cref="IPortSignal.Ready"/>) of what it brings from here on. False when something
    /// is there already, of which nobody tells.</summary>
    bool Listen();
}
