using Weft.Engine;

namespace Weft.Tests.Simulation;

/// <summary>A socket as the kernel has it: lives as long as any descriptor, the worker's or the keeper's.</summary>
internal abstract class KernelSocket(SimulatedWorld world)
{
    private readonly List<SimulatedWatch> _watches = [];
    private int _references;

    public SimulatedWorld World { get; } = world;

    public HostEnd Local { get; set; }

    /// <summary>Pending SO_ERROR.</summary>
    public int Error { get; set; }

    public bool IsAlive => _references > 0;

    public void Hold() => _references++;

    public void Let()
    {
        if (--_references != 0)
        {
            return;
        }
        foreach (SimulatedWatch watch in _watches)
        {
            watch.IsActive = false;
        }
        _watches.Clear();
        OnClosed();
    }

    public void Add(SimulatedWatch watch) => _watches.Add(watch);

    public void Remove(SimulatedWatch watch)
    {
        watch.IsActive = false;
        _watches.Remove(watch);
    }

    /// <summary>What poll() would say now, as <see cref="Ready"/> bits.</summary>
    public abstract Ready Poll();

    public int TakeError()
    {
        int error = Error;
        Error = 0;
        return error;
    }

    /// <summary>Wakes the watches that asked for <paramref name="key"/>; errors and hang-ups wake everybody.</summary>
    protected void Notify(Ready key)
    {
        foreach (SimulatedWatch watch in _watches)
        {
            watch.Wake(key);
        }
    }

    protected abstract void OnClosed();
}
