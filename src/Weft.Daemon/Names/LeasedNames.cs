using Weft.Daemon.Workers;
using Weft.Engine.State;
using Weft.Model.Planning;
using Weft.Wire;

namespace Weft.Daemon.Names;

/// <summary>Reads leases for their names. A lease is a NIC's by its MAC, or by its port where the guest chooses its MAC itself.</summary>
internal static class LeasedNames
{
    /// <param name="now">Unix time in seconds; leases that ended before it count no more.</param>
    public static IEnumerable<LeasedName> Read(SharedState state, DataPlane plane, long now)
    {
        Dictionary<ulong, string> networks = Running.Read(state, plane).Networks.ToDictionary(n => n.Value, n => n.Key);
        Dictionary<(ulong Network, MacAddress Mac), (ulong Port, string Vm)> byMac = [];
        Dictionary<(ulong Network, ulong Port), string> byPort = [];
        ReadPorts(state, byMac, byPort);
        RecordArray<LeaseRecord> leases = state.Array<LeaseRecord>(SharedArray.Leases);
        for (int i = 0; i < leases.Capacity; i++)
        {
            LeaseRecord lease = leases[i];
            bool hasEnded = lease.Expires > 0 && lease.Expires < now;
            if (lease.NetworkId == 0 || hasEnded || !networks.TryGetValue(lease.NetworkId, out string? network) || Records.Address(lease.Address) is not { } address)
            {
                continue;
            }
            bool isOfNic = byMac.TryGetValue((lease.NetworkId, lease.Mac), out (ulong Port, string Vm) nic) && (lease.PortId == 0 || lease.PortId == nic.Port);
            string? vm = isOfNic ? nic.Vm : byPort.GetValueOrDefault((lease.NetworkId, lease.PortId));
            string said = lease.HostName.ToString();
            yield return new LeasedName(network, address, vm, HostName.IsLabel(said) && said != vm ? said : null);
        }
    }

    private static void ReadPorts(SharedState state, Dictionary<(ulong, MacAddress), (ulong, string)> byMac, Dictionary<(ulong, ulong), string> byPort)
    {
        RecordArray<PortRecord> ports = state.Array<PortRecord>(SharedArray.Ports);
        for (int i = 0; i < ports.Capacity; i++)
        {
            ref PortRecord port = ref ports[i];
            if (port.Id == 0)
            {
                continue;
            }
            if (port.Mac.IsZero)
            {
                byPort[(port.NetworkId, port.Id)] = port.Guest.ToString();
            }
            else
            {
                byMac[(port.NetworkId, port.Mac)] = (port.Id, port.Guest.ToString());
            }
        }
    }
}
