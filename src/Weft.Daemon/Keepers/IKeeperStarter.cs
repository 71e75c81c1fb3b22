namespace Weft.Daemon.Keepers;

/// <summary>Starts a keeper that outlives this process.</summary>
internal interface IKeeperStarter
{
    /// <param name="adopt">A worker runs already: the new keeper takes over what it holds instead of starting one.</param>
    /// <exception cref="IOException">It could not be started.</exception>
    void Start(bool adopt);

    /// <summary>Takes the ends of keepers that have ended, so that they leave no zombie.</summary>
    void Reap();
}
