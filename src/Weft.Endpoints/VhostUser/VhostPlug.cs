using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Endpoints.VhostUser;

/// <summary>What a <see cref="VhostUserEndpoint"/> starts with.</summary>
public unsafe struct VhostPlug
{
    /// <summary>In the shared memory; cleared for a new port.</summary>
    public VhostRecord* Record;

    /// <summary>The card's address, for front ends that ask.</summary>
    public MacAddress Mac;

    /// <summary>Queue pairs that a front end may use, 1 to 8.</summary>
    public int Pairs;

    /// <summary>A non-blocking listener and its slot; −1 where we dial.</summary>
    public int Listener;
    public int ListenerSlot;

    /// <summary>The socket's path, and whether the front end listens there and we dial.</summary>
    public string Path;
    public bool Dials;

    /// <summary>Connection of an earlier life and its slot; −1 for none.</summary>
    public int Connection;
    public int ConnectionSlot;
}
