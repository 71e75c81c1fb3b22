namespace Weft.Model;

/// <summary>The same topology with one object put in or taken out.</summary>
public sealed partial record Topology
{
    public Topology With(Network network) => this with
    {
        Networks = Networks.Where(n => n.Name != network.Name).Append(network).OrderBy(n => n.Name, StringComparer.Ordinal).ToItems(),
    };

    public Topology With(Vm vm) => this with
    {
        Vms = Vms.Where(v => v.Name != vm.Name).Append(vm).OrderBy(v => v.Name, StringComparer.Ordinal).ToItems(),
    };

    /// <summary>With the NIC of that number in place of the one that the VM has, if it has one.</summary>
    public Topology With(Vm vm, Nic nic) => With(vm with
    {
        Nics = vm.Nics.Where(n => n.Number != nic.Number).Append(nic).OrderBy(n => n.Number).ToItems(),
    });

    public Topology Without(Vm vm) => this with { Vms = Vms.Where(v => v.Name != vm.Name).ToItems() };

    public Topology Without(Network network) => this with { Networks = Networks.Where(n => n.Name != network.Name).ToItems() };
}
