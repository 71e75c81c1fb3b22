using Weft.Daemon.Status;
using Weft.Daemon.Workers;
using Weft.Engine.State;
using Weft.Model;
using Weft.Model.Planning;

namespace Weft.Daemon.Names;

/// <summary>Reads leases for their names.</summary>
internal static class LeasedNames
{
    /// <param name="now">Unix time in seconds; leases that ended before it count no more.</param>
    public static IEnumerable<LeasedName> Read(SharedState state, DataPlane plane, long now)
    {
        Dictionary<ulong, string> networks = Running.Read(state, plane).Networks.ToDictionary(n => n.Value, n => n.Key);
        var index = new RecordIndex(state);
        RecordArray<PortRecord> ports = state.Array<PortRecord>(SharedArray.Ports);
        RecordArray<LeaseRecord> leases = state.Array<LeaseRecord>(SharedArray.Leases);
        for (int i = 0; i < leases.Capacity; i++)
        {
            LeaseRecord lease = leases[i];
            bool hasEnded = lease.Expires > 0 && lease.Expires < now;
            if (lease.NetworkId == 0 || hasEnded || !networks.TryGetValue(lease.NetworkId, out string? network) || Records.Address(lease.Address) is not { } address)
            {
                continue;
            }
            int port = index.OfLease(lease);
            string? vm = port < 0 ? null : ports[port].Guest.ToString();
            string said = lease.HostName.ToString();
            yield return new LeasedName(network, address, vm, DnsNames.IsLabel(said) && said != vm ? said : null);
        }
    }
}
