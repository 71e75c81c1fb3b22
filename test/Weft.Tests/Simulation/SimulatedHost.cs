namespace Weft.Tests.Simulation;

/// <summary>What one worker's life has of the host: its descriptors, its ears, its line to the keeper.</summary>
internal sealed class SimulatedHost
{
    private readonly DescriptorTable _descriptors = new();

    public SimulatedHost(SimulatedWorld world)
    {
        Handed = HandOver(world);
        Sockets = new SimulatedHostSockets(world, _descriptors, Seam);
        Readiness = new SimulatedReadiness(world, _descriptors, Seam);
        Keeper = new SimulatedKeeper(world, _descriptors, Seam, Readiness.Wake);
        Ends = new SimulatedKeptDescriptors(Sockets, Readiness, Keeper);
    }

    public FaultSeam Seam { get; } = new();

    public SimulatedHostSockets Sockets { get; }

    public SimulatedReadiness Readiness { get; }

    public SimulatedKeeper Keeper { get; }

    public SimulatedKeptDescriptors Ends { get; }

    /// <summary>Descriptor by keeper slot, as the keeper handed them over at the start; −1 = none.</summary>
    public int[] Handed { get; }

    public DescriptorTable Descriptors => _descriptors;

    public void Die()
    {
        Readiness.Close();
        Keeper.Die();
        _descriptors.CloseAll();
    }

    private int[] HandOver(SimulatedWorld world)
    {
        int slots = world.Kept.Count == 0 ? 0 : world.Kept.Keys.Max() + 1;
        int[] handed = new int[slots];
        Array.Fill(handed, -1);
        foreach ((int slot, KernelSocket socket) in world.Kept)
        {
            handed[slot] = _descriptors.Add(socket);
        }
        return handed;
    }
}
