using Weft.Daemon.Control;
using Weft.Daemon.Workers;
using Weft.Model.Planning;

namespace Weft.Daemon.Names;

/// <summary>The names as they were a moment ago at most: reading them for each question would cost more than to answer it.
/// Waits for no change that is under way.</summary>
internal sealed class NameSnapshot(Steward steward, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private NameIndex _index = NameIndex.Empty;
    private DataPlane? _plane;
    private long _readAt;

    public NameIndex Take()
    {
        lock (_lock)
        {
            View view = steward.View;
            if (!ReferenceEquals(view.Plane, _plane) || time.GetElapsedTime(_readAt) > Fresh)
            {
                (_index, _plane, _readAt) = (Read(view, null), view.Plane, time.GetTimestamp());
            }
            return _index;
        }
    }

    /// <param name="network">A declared network; null: all.</param>
    public static NameIndex Read(View view, string? network)
    {
        KnownName[] names;
        try
        {
            names = view.Link is { IsAlive: true } link ? link.Read<KnownName[]>(state => [.. KnownNames.Read(view, state, network)])
                : [.. KnownNames.Read(view, null, network)];
        }
        catch (WorkerGoneException)
        {
            names = [.. KnownNames.Read(view, null, network)];
        }
        return new NameIndex(names, view.Topology.Networks.Select(n => n.Name), view.Plane.Networks.Select(n => n.Subnet).OfType<System.Net.IPNetwork>());
    }
}
