using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Gateway.Names;

/// <summary>What the topology says of one NIC on the network.</summary>
/// <param name="Port"><see cref="PortRecord.Id"/>.</param>
/// <param name="Mac">Zero when the guest chooses it: the NIC is then known by its port only.</param>
/// <param name="Reserved">Its address; none = from the pool.</param>
/// <param name="Guest">The VM's name.</param>
public sealed record GuestNic(ulong Port, MacAddress Mac, IpAddress Reserved, string Guest)
{
    public static GuestNic From(ref readonly PortRecord port) => new(port.Id, port.Mac, port.Reserved, port.Guest.ToString());
}
