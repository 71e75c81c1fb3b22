using Weft.Daemon.Api;
using Weft.Daemon.Keepers;
using Weft.Daemon.Store;
using Weft.Daemon.Workers;
using Weft.Model;
using Weft.Model.Planning;

namespace Weft.Daemon.Control;

/// <summary>What the daemon stands on; tests put their own in.</summary>
internal sealed record DaemonParts(HomeFolder Home, IStoreFiles Files, IKeeperStarter Keepers, ITapSource Taps,
    Func<IReadOnlyList<HostRoute>> Routes)
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ApiLimits Limits { get; init; } = ApiLimits.Here();

    public required DaemonLog Log { get; init; }
}
