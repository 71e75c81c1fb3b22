namespace Weft.Daemon.Workers;

/// <summary>The worker at the other end of a link has gone, or is not one we can talk to.</summary>
internal sealed class WorkerGoneException(string what) : Exception(what);
