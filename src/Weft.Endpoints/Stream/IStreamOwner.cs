using Weft.Engine;

namespace Weft.Endpoints.Stream;

/// <summary>Whoever keeps the descriptors of a stream port for the next worker.</summary>
public interface IStreamOwner
{
    /// <summary>Keeps a descriptor; its slot, or −1 when it cannot be kept.</summary>
    int Keep(int descriptor);

    /// <summary>The endpoint has done with it: it is to be ended (<see cref="IKeptDescriptors"/>).</summary>
    void End(int descriptor, int slot);

    /// <summary>As <see cref="IDescriptorKeeper.AskAccept"/>; false: accept yourself.</summary>
    bool AskAccept(IAcceptTarget target);

    /// <summary>A hypervisor is connected, its connection kept in <paramref name="slot"/>; −1: it left.</summary>
    void Connected(int slot);
}
