using Weft.Daemon.Workers;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Planning;

namespace Weft.Daemon.Control;

/// <summary>What is wanted and how it stands, at one moment.</summary>
/// <param name="Notes">What the derivation had to say.</param>
/// <param name="Faults">What could not be put back after a worker was lost.</param>
/// <param name="IsActive">Something shall run.</param>
internal sealed record View(Topology Topology, DataPlane Plane, Items<string> Notes, Items<ProblemDocument> Faults, WorkerLink? Link,
    bool IsActive)
{
    public static readonly View Empty = new(Topology.Empty, DataPlane.Empty, [], [], null, false);
}
