using Weft.Wire;

namespace Weft.Gateway;

/// <summary>The way back to the guests, as the services see it: packets into the gateway's outbox, which its next poll lends to the switch.</summary>
public unsafe interface IGuestSide
{
    NetworkFacts Facts { get; }

    /// <summary>Segments toward that guest that would be taken this turn without a drop, less what is queued.</summary>
    int RoomToward(IpAddress guest);

    /// <summary>Tag of the port that the guest hangs on; 0 when unknown.</summary>
    ulong PortOf(IpAddress guest) => 0;

    /// <summary>Room for one L3 packet in the outbox, headroom for the Ethernet header in front; null when the outbox is full.
    /// The next call is <see cref="Send"/> for the same packet, or nothing.</summary>
    byte* Rent(int l3Length);

    /// <summary>Queues the packet rented last; the Ethernet header is put in front from the neighbour table.
    /// <paramref name="offload"/> counts its offsets from the Ethernet header, as everywhere.</summary>
    void Send(IpAddress guest, int l3Length, in Offload offload);

    /// <summary>There is something to send outside a guest's own burst: poll the gateway in this turn.</summary>
    void Wake();
}
