namespace Weft.Engine;

/// <summary>Whoever keeps the connections of a port for the next worker.</summary>
public interface IConnectionKeeper
{
    /// <summary>Keeps a descriptor; its slot, or −1 when it cannot be kept.</summary>
    int Keep(int descriptor);

    /// <summary>The endpoint has done with it: it is to be ended (<see cref="IKeptDescriptors"/>).</summary>
    void End(int descriptor, int slot);

    /// <summary>As <see cref="IDescriptorKeeper.AskAccept"/>; false: accept yourself.</summary>
    bool AskAccept(IAcceptTarget target);
}
