using System.Net;
using Weft.Model.Errors;
using Weft.Model.Planning;

namespace Weft.Model.Validation;

/// <summary>Addresses that NICs ask DHCP to keep for them.</summary>
internal static class ReservationCheck
{
    public static void Run(Topology topology, Finding report)
    {
        Dictionary<(string Network, IPAddress Address), string> owners = [];
        foreach (Vm vm in topology.Vms)
        {
            foreach (Nic nic in vm.Nics.Where(n => n.Address is not null))
            {
                string name = Names.Nic(vm.Name, nic.Number);
                Network? network = topology.FindNetwork(nic.Network);
                if (network is null && nic.Network is not null)
                {
                    continue;
                }
                string? cause = network is null ? "a NIC on no network has no address" : Fault(network, nic);
                if (cause is null && network!.Mode != NetworkMode.Nat && !owners.TryAdd((network.Name, nic.Address!), name))
                {
                    cause = $"NIC {owners[(network.Name, nic.Address!)]} has it already";
                }
                if (cause is not null)
                {
                    report($"vms.{vm.Name}.nics.{nic.Number}.ip", ErrorCode.BadReservation,
                        $"NIC {name} cannot have the address {nic.Address}", cause);
                }
            }
        }
    }

    private static string? Fault(Network network, Nic nic)
    {
        if (!network.Dhcp)
        {
            return $"network '{network.Name}' has no DHCP to give it out";
        }
        if ((network.Subnet ?? (network.Mode == NetworkMode.Nat ? SubnetPicker.Slot(nic.Number) : null)) is not { } subnet)
        {
            return $"network '{network.Name}' has no subnet of its own choice; add 'subnet:' there";
        }
        if (!subnet.Contains(nic.Address!))
        {
            return $"it is outside of {subnet}, the subnet of network '{network.Name}'";
        }
        uint offset = V4.Of(nic.Address!) - V4.Of(subnet.BaseAddress);
        return offset <= NetworkCheck.ReservedOffset(network) || offset > V4.Size(subnet) - 2
            ? $"it is the router's, the network's or the broadcast address of {subnet}"
            : null;
    }
}
