namespace Weft.Switching;

/// <summary>What hangs on a port, as far as learning cares.</summary>
public enum PortRole : byte
{
    /// <summary>A guest: its number of addresses is capped, frames from more are dropped.</summary>
    Guest = 0,

    /// <summary>Many stations behind one port (uplink, tunnel): more than the table's share are not learned, but pass.</summary>
    Uplink = 1,

    /// <summary>Our own router: as an uplink, and nobody takes an address from it.</summary>
    Gateway = 2,
}
