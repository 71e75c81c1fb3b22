using System.Net;
using Weft.Model;

namespace Weft.Daemon.Store;

/// <summary>What the daemon must not forget: what shall run, and the subnets that were picked for it.</summary>
internal sealed record StoredState(Topology Topology, IReadOnlyDictionary<string, IPNetwork> Picked)
{
    public static readonly StoredState Empty = new(Topology.Empty, new Dictionary<string, IPNetwork>());

    /// <summary>The file that was applied last; null: none was, or everything was ended since.</summary>
    public AppliedFile? File { get; init; }
}
