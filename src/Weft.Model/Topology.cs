namespace Weft.Model;

/// <summary>Everything that an owner wants to exist: an immutable value. Lists are in order of name or key.</summary>
public sealed partial record Topology
{
    public static readonly Topology Empty = new();

    /// <summary>What <c>weft up</c> makes when there is no file: one NAT network and nobody on it.</summary>
    public static readonly Topology Default = new() { Networks = [Network.Of(NetworkModes.DefaultNetwork, NetworkMode.NatNetwork)] };

    public Items<Network> Networks { get; init; } = [];

    public Items<Vm> Vms { get; init; } = [];

    public Items<Forward> Forwards { get; init; } = [];

    public bool IsEmpty => Networks.Count == 0 && Vms.Count == 0 && Forwards.Count == 0;

    public Network? FindNetwork(string? name) => Networks.FirstOrDefault(n => n.Name == name);

    public Vm? FindVm(string name) => Vms.FirstOrDefault(v => v.Name == name);

    public Nic? FindNic(string vm, int number) => FindVm(vm)?.Nics.FirstOrDefault(n => n.Number == number);

    public Topology With(Forward forward) =>
        this with { Forwards = Forwards.Append(forward).OrderBy(f => f.Key, StringComparer.Ordinal).ToItems() };

    public Topology Without(Forward forward) => this with { Forwards = Forwards.Where(f => f.Key != forward.Key).ToItems() };

    public Topology WithNic(string vm, Nic nic) => this with
    {
        Vms = Vms.Select(v => v.Name != vm ? v : v with { Nics = v.Nics.Select(n => n.Number == nic.Number ? nic : n).ToItems() })
            .ToItems(),
    };
}
