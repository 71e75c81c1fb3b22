using Weft.Model.Planning;

namespace Weft.Daemon.Control;

/// <summary>Who is told of changes.</summary>
internal sealed partial class Steward
{
    /// <summary>Called after each change that was made: what was asked, and what was done. It must not wait for anybody.</summary>
    public Action<string, IReadOnlyList<PlanStep>> Changed { get; set; } = (_, _) => { };
}
