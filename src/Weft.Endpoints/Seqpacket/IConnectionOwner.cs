namespace Weft.Endpoints.Seqpacket;

/// <summary>Whoever keeps an endpoint's descriptors for the next worker.</summary>
public interface IConnectionOwner
{
    /// <summary>A hypervisor has connected: the descriptor is to be kept. The endpoint uses it until it says otherwise.</summary>
    void Connected(int descriptor);

    /// <summary>The endpoint has done with it: it is to be ended (<see cref="Engine.IKeptDescriptors"/>).</summary>
    void Disconnected(int descriptor);
}
