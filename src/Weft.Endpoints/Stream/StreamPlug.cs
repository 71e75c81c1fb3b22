using Weft.Engine;
using Weft.Linux.Sockets;
using Weft.Wire;

namespace Weft.Endpoints.Stream;

/// <summary>What a <see cref="StreamEndpoint"/> starts with.</summary>
public sealed unsafe class StreamPlug
{
    /// <summary>The port's receive memory; cleared by <see cref="StreamEndpoint.Clear"/> for a port that is new.</summary>
    public required ReceiveRegion* Region { get; init; }

    public required IHostSockets Sockets { get; init; }

    public required IConnectionKeeper Keeper { get; init; }

    /// <summary>Where we listen, or dial.</summary>
    public required SocketPlace Place { get; init; }

    /// <summary>Its own, or shared with other NICs; null: we dial.</summary>
    public StreamListener? Listener { get; init; }

    /// <summary>By which a shared listener knows its guest.</summary>
    public MacAddress Mac { get; init; }

    /// <summary>Of an earlier life; −1 for none.</summary>
    public int Connection { get; init; } = -1;

    public int ConnectionSlot { get; init; } = -1;

    public bool Dials => Listener is null;
}
