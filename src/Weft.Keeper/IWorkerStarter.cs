namespace Weft.Keeper;

/// <summary>Starts worker processes; a test puts its own in place.</summary>
internal interface IWorkerStarter
{
    /// <summary>0, or a negated errno. <paramref name="inHurry"/>: flows wait for it, no standby was there. <paramref name="pidfd"/> is the caller's and becomes readable when the process has ended.</summary>
    int Start(bool inHurry, out int pid, out int pidfd);
}
