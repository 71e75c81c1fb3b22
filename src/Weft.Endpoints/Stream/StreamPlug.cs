using Weft.Engine;
using Weft.Linux.Sockets;

namespace Weft.Endpoints.Stream;

/// <summary>What a <see cref="StreamEndpoint"/> starts with.</summary>
public sealed unsafe class StreamPlug
{
    /// <summary>The port's receive memory; cleared by <see cref="StreamEndpoint.Clear"/> for a port that is new.</summary>
    public required ReceiveRegion* Region { get; init; }

    public required IHostSockets Sockets { get; init; }

    /// <summary>Where we listen, or dial.</summary>
    public required SocketPlace Place { get; init; }

    /// <summary>Non-blocking, listening; −1: we dial.</summary>
    public int Listener { get; init; } = -1;

    public int ListenerSlot { get; init; } = -1;

    /// <summary>Of an earlier life; −1 for none.</summary>
    public int Connection { get; init; } = -1;

    public int ConnectionSlot { get; init; } = -1;

    public bool Dials => Listener < 0;
}
