using Weft.Engine;

namespace Weft.Endpoints.Stream;

/// <summary>Whoever keeps the descriptors of a stream port for the next worker.</summary>
public interface IStreamOwner : IConnectionKeeper
{
    /// <summary>A hypervisor is connected, its connection kept in <paramref name="slot"/>; −1: it left.</summary>
    void Connected(int slot);
}
