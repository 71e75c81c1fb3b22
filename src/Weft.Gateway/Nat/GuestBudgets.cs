using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Gateway.Nat;

/// <summary>
/// How much of the host one guest may take, counted by its address: half-open dials and flows. One guest at its cap costs no
/// other. Half-open dials are counted by port too, since a flood makes up as many addresses as the network has.
/// </summary>
internal sealed class GuestBudgets
{
    public const int MaxHalfOpen = 128;
    public const int MaxHalfOpenOfPort = 2 * MaxHalfOpen;
    public const int MaxFlows = 8192;

    private readonly Dictionary<(ulong Network, IpAddress Guest), Budget> _guests = new(64);

    private readonly Dictionary<ulong, int> _halfOpenOfPorts = new(64);

    private struct Budget
    {
        public int Flows;
        public int HalfOpen;
    }

    public int Guests => _guests.Count;

    /// <summary>Counts a new flow, half open at first; false and nothing counted when it would pass a cap.</summary>
    /// <param name="port">Tag of the port that the guest hangs on; 0 when unknown, which is not counted.</param>
    public bool TryOpen(ulong network, IpAddress guest, ulong port, out bool tooManyHalfOpen)
    {
        if (!MayOpen(network, guest, port, out tooManyHalfOpen))
        {
            return false;
        }
        ref Budget budget = ref CollectionsMarshal.GetValueRefOrAddDefault(_guests, (network, guest), out _);
        budget.Flows++;
        budget.HalfOpen++;
        CountHalfOpen(port, 1);
        return true;
    }

    /// <summary>Whether <see cref="TryOpen"/> would say yes; nothing is counted.</summary>
    public bool MayOpen(ulong network, IpAddress guest, ulong port, out bool tooManyHalfOpen)
    {
        Budget budget = _guests.GetValueOrDefault((network, guest));
        tooManyHalfOpen = _halfOpenOfPorts.GetValueOrDefault(port) >= MaxHalfOpenOfPort || budget.HalfOpen >= MaxHalfOpen;
        return !tooManyHalfOpen && budget.Flows < MaxFlows;
    }

    /// <summary>Counts a flow that a successor found established.</summary>
    public void Adopt(ulong network, IpAddress guest, bool halfOpen)
    {
        ref Budget budget = ref CollectionsMarshal.GetValueRefOrAddDefault(_guests, (network, guest), out _);
        budget.Flows++;
        budget.HalfOpen += halfOpen ? 1 : 0;
    }

    /// <summary>The handshake of a flow is over.</summary>
    public void Established(ulong network, IpAddress guest, ulong port)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_guests, (network, guest), out _).HalfOpen--;
        CountHalfOpen(port, -1);
    }

    public void Close(ulong network, IpAddress guest, ulong port, bool halfOpen)
    {
        if (halfOpen)
        {
            CountHalfOpen(port, -1);
        }
        ref Budget budget = ref CollectionsMarshal.GetValueRefOrAddDefault(_guests, (network, guest), out _);
        budget.HalfOpen -= halfOpen ? 1 : 0;
        if (--budget.Flows == 0)
        {
            _guests.Remove((network, guest));
        }
    }

    private void CountHalfOpen(ulong port, int change)
    {
        if (port == 0)
        {
            return;
        }
        ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_halfOpenOfPorts, port, out _);
        count += change;
        if (count == 0)
        {
            _halfOpenOfPorts.Remove(port);
        }
    }
}
