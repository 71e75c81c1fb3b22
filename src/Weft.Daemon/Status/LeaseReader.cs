using System.Globalization;
using Weft.Daemon.Workers;
using Weft.Engine.State;
using Weft.Model.Api;
using Weft.Model.Planning;

namespace Weft.Daemon.Status;

/// <summary>Reads the leases out of the records.</summary>
internal static class LeaseReader
{
    /// <param name="network">A declared network; null: all.</param>
    public static IEnumerable<LeaseDocument> Read(SharedState state, DataPlane plane, string? network)
    {
        Dictionary<ulong, string> networks = Running.Read(state, plane).Networks.ToDictionary(n => n.Value, n => n.Key);
        var index = new RecordIndex(state);
        RecordArray<PortRecord> ports = state.Array<PortRecord>(SharedArray.Ports);
        RecordArray<LeaseRecord> leases = state.Array<LeaseRecord>(SharedArray.Leases);
        List<(byte[] Order, LeaseDocument Lease)> read = [];
        for (int i = 0; i < leases.Capacity; i++)
        {
            LeaseRecord lease = leases[i];
            // "nat/alpha:1" is a router of the declared network "nat".
            if (networks.GetValueOrDefault(lease.NetworkId)?.Split('/')[0] is { } name && (network is null || network == name))
            {
                int port = index.OfLease(lease);
                string? nic = port < 0 ? null : ports[port].Name.ToString();
                string? host = lease.HostName.ToString() is { Length: > 0 } given ? given : null;
                read.Add((Records.Address(lease.Address)?.GetAddressBytes() ?? [], new LeaseDocument(lease.Address.ToString(), name, nic,
                    lease.Mac.ToString(), host, Time(lease.Expires))));
            }
        }
        return read.OrderBy(r => r.Lease.Network, StringComparer.Ordinal).ThenBy(r => Convert.ToHexString(r.Order), StringComparer.Ordinal)
            .Select(r => r.Lease);
    }

    private static string? Time(long seconds) => seconds is <= 0 or > 253402300799 ? null
        : DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
