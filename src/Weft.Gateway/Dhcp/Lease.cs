using Weft.Wire;

namespace Weft.Gateway.Dhcp;

/// <summary>One address of a network and the client that has or had it.</summary>
internal sealed class Lease(IpAddress address)
{
    public const int NoSlot = -1;

    public IpAddress Address => address;

    public MacAddress Mac { get; set; }

    /// <summary><see cref="ClientKey"/>.</summary>
    public ulong Client { get; set; }

    /// <summary>The port it counts against; 0 = not known.</summary>
    public ulong Port { get; set; }

    public LeaseState State { get; set; }

    /// <summary>Lane time at which the state ends.</summary>
    public long Until { get; set; }

    /// <summary>The same on the wall clock, for <see cref="LeaseState.Bound"/>.</summary>
    public long Expires { get; set; }

    public string HostName { get; set; } = "";

    /// <summary>Index of its record in the shared memory.</summary>
    public int Slot { get; set; } = NoSlot;

    /// <summary>Not to be given to another client.</summary>
    public bool IsHeld(long now) => State != LeaseState.Past && Until > now;
}
