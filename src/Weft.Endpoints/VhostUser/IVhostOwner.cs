using Weft.Engine;

namespace Weft.Endpoints.VhostUser;

/// <summary>Whoever keeps the descriptors of a vhost-user port for the next worker.</summary>
public interface IVhostOwner : IConnectionKeeper
{
    /// <summary>What a predecessor kept in a slot; −1 when it was lost.</summary>
    int DescriptorOf(int slot);

    /// <summary>A front end is connected, its connection kept in <paramref name="slot"/>; −1 and −1: it left.</summary>
    void Connected(int connection, int slot);
}
