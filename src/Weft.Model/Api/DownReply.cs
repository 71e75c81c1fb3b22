namespace Weft.Model.Api;

/// <summary>Everything has ended but the daemon, which ends after this answer.</summary>
public sealed record DownReply(int DaemonPid);
