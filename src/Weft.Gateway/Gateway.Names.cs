using System.Text;
using Weft.Engine.State;
using Weft.Gateway.Dns;
using Weft.Wire;
using Weft.Wire.Dns;

namespace Weft.Gateway;

/// <summary>Static names of the network: what its owner has the router answer besides the guests' names.</summary>
public sealed unsafe partial class Gateway
{
    public void PutName(in NameRecord record)
    {
        ReadOnlySpan<IpAddress> addresses = record.Addresses;
        _names.SetStatic(KeyOf(in record), addresses[..(int)Math.Min(record.Count, NameRecord.MaxAddresses)]);
    }

    /// <summary>A guest that wanted the name has it from now on.</summary>
    public void RemoveName(in NameRecord record)
    {
        _names.RemoveStatic(KeyOf(in record));
        _dhcp.NicsChanged(Now);
    }

    private static byte[] KeyOf(in NameRecord record)
    {
        string name = record.Name.ToString();
        return name.Contains('.') ? DnsName.FromText(name) ?? [] : Encoding.ASCII.GetBytes(name);
    }
}
