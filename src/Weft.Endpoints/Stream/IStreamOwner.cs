namespace Weft.Endpoints.Stream;

/// <summary>Whoever writes down for the next worker where the connection of a stream port is kept.</summary>
public interface IStreamOwner
{
    /// <summary>A hypervisor is connected, its connection kept in <paramref name="slot"/>; −1: it left.</summary>
    void Connected(int slot);
}
