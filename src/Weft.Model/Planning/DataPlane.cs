namespace Weft.Model.Planning;

/// <summary>What the worker runs, or should: an immutable value. Lists are in order of name or key, so equal planes are equal
/// values.</summary>
public sealed record DataPlane
{
    public static readonly DataPlane Empty = new();

    public Items<PlaneNetwork> Networks { get; init; } = [];

    public Items<PlanePort> Ports { get; init; } = [];

    public Items<PlaneForward> Forwards { get; init; } = [];

    public Items<PlaneName> Names { get; init; } = [];

    public static DataPlane Of(IEnumerable<PlaneNetwork> networks, IEnumerable<PlanePort> ports, IEnumerable<PlaneForward> forwards) =>
        new()
    {
        Networks = networks.OrderBy(n => n.Name, StringComparer.Ordinal).ToItems(),
        Ports = ports.OrderBy(p => p.Name, StringComparer.Ordinal).ToItems(),
        Forwards = forwards.OrderBy(f => f.Key, StringComparer.Ordinal).ToItems(),
    };

    public DataPlane With(IEnumerable<PlaneName> names) => this with { Names = names.OrderBy(n => n.Key, StringComparer.Ordinal).ToItems() };
}
