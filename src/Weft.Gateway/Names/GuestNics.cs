using Weft.Wire;

namespace Weft.Gateway.Names;

/// <summary>The NICs that the topology puts on one network: who has an address reserved, and whose name is whose.</summary>
public sealed class GuestNics
{
    private readonly Dictionary<ulong, GuestNic> _byPort = [];
    private readonly Dictionary<MacAddress, GuestNic> _byMac = [];
    private readonly Dictionary<IpAddress, GuestNic> _byReserved = [];

    /// <summary>Grows with every change.</summary>
    internal int Version { get; private set; }

    /// <summary>Adds a NIC, or changes the one of the same port.</summary>
    public void Put(GuestNic nic)
    {
        Remove(nic.Port);
        Version++;
        _byPort[nic.Port] = nic;
        if (!nic.Mac.IsZero)
        {
            _byMac[nic.Mac] = nic;
        }
        if (!nic.Reserved.IsNone)
        {
            _byReserved[nic.Reserved] = nic;
        }
    }

    public void Remove(ulong port)
    {
        if (!_byPort.Remove(port, out GuestNic? nic))
        {
            return;
        }
        Version++;
        RemoveIfSame(_byMac, nic.Mac, nic);
        RemoveIfSame(_byReserved, nic.Reserved, nic);
    }

    internal Dictionary<ulong, GuestNic>.ValueCollection All => _byPort.Values;

    /// <summary>The NIC with that MAC, at its own port where ports are known; else the one of that port, when its MAC is the guest's choice.</summary>
    internal GuestNic? Find(MacAddress mac, ulong port)
    {
        if (_byMac.TryGetValue(mac, out GuestNic? nic) && (port == 0 || nic.Port == port))
        {
            return nic;
        }
        return _byPort.TryGetValue(port, out nic) && nic.Mac.IsZero ? nic : null;
    }

    /// <summary>The address is kept for a NIC that is not <paramref name="nic"/>.</summary>
    internal bool IsReservedForOther(IpAddress address, GuestNic? nic) =>
        _byReserved.TryGetValue(address, out GuestNic? owner) && owner != nic;

    /// <summary>A VM other than <paramref name="nic"/>'s has that name, whether it runs or not.</summary>
    internal bool IsNameOfOther(string label, GuestNic? nic)
    {
        foreach (GuestNic other in _byPort.Values)
        {
            if (other.Guest != nic?.Guest && string.Equals(other.Guest, label, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    private static void RemoveIfSame<TKey>(Dictionary<TKey, GuestNic> index, TKey key, GuestNic nic)
        where TKey : notnull
    {
        if (index.TryGetValue(key, out GuestNic? found) && found == nic)
        {
            index.Remove(key);
        }
    }
}
