using System.Text;
using Weft.Gateway.Names;
using Weft.Wire.Dns;

namespace Weft.Gateway.Dhcp;

/// <summary>Names that come with leases: the VM's from the topology, and what the guest calls itself unless that is somebody else's.</summary>
internal sealed partial class DhcpServer
{
    /// <summary>The topology changed: names of reservations, and of the leases that there are.</summary>
    public void RenewNames(long now)
    {
        _names.SetReserved(_nics, now);
        foreach (Lease lease in _leases.All)
        {
            if (lease.State == LeaseState.Bound && lease.Until > now)
            {
                var claim = new LeaseClaim(lease.Client, lease.Mac, lease.Port, _nics.Find(lease.Mac, lease.Port));
                GiveNames(in claim, lease, now);
            }
        }
    }

    private void GiveNames(in DhcpView message, in LeaseClaim claim, Lease lease, long now)
    {
        if (message.TryFind(DhcpOption.HostName, out ReadOnlySpan<byte> said))
        {
            lease.HostName = Normalized(said, lease.HostName);
        }
        GiveNames(in claim, lease, now);
    }

    /// <summary>The lease ended. A VM keeps its name for the address that is reserved for it.</summary>
    private void TakeNames(in LeaseClaim claim, Lease lease, long now)
    {
        _names.Remove(lease.Address);
        if (claim.Nic is { } nic && nic.Reserved == lease.Address)
        {
            _names.Set(nic.Guest, lease.Address, NameSource.Guest, long.MaxValue, now);
        }
    }

    private void GiveNames(in LeaseClaim claim, Lease lease, long now)
    {
        if (claim.Nic is { Guest.Length: > 0 } nic)
        {
            long until = lease.Address == nic.Reserved ? long.MaxValue : lease.Until;
            _names.Set(nic.Guest, lease.Address, NameSource.Guest, until, now);
        }
        if (lease.HostName.Length > 0 && !_nics.IsNameOfOther(lease.HostName, claim.Nic))
        {
            _names.Set(lease.HostName, lease.Address, NameSource.Learned, lease.Until, now);
        }
    }

    /// <summary>The first label in lower case; <paramref name="before"/> itself when it is the same, so that a renewal makes no string.</summary>
    private static string Normalized(ReadOnlySpan<byte> said, string before)
    {
        Span<byte> label = stackalloc byte[HostLabel.MaxLength];
        if (!HostLabel.TryNormalize(said, label, out int length))
        {
            return "";
        }
        label = label[..length];
        Span<char> chars = stackalloc char[HostLabel.MaxLength];
        int count = Encoding.ASCII.GetChars(label, chars);
        return chars[..count].SequenceEqual(before) ? before : new string(chars[..count]);
    }
}
