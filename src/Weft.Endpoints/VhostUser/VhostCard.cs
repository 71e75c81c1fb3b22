using Weft.Wire;

namespace Weft.Endpoints.VhostUser;

/// <summary>The card that a guest is shown: what its configuration space says (virtio 1.2 §5.1.4).</summary>
internal sealed class VhostCard(MacAddress mac, int pairs)
{
    public MacAddress Mac => mac;

    /// <summary>Queue pairs. More than one is offered only where it was asked for: a front end that shows its guest every feature
    /// (User-Mode Linux) has no control queue, and the driver refuses several pairs without one.</summary>
    public int Pairs => pairs;

    /// <summary>The cable is in.</summary>
    public bool IsLinkUp { get; set; } = true;

    /// <summary>Largest packet of its network in bytes; offered to the driver when it is not 1500.</summary>
    public ushort Mtu { get; set; } = 1500;
}
