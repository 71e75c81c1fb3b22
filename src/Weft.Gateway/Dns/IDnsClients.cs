using Weft.Engine;

namespace Weft.Gateway.Dns;

/// <summary>Where the forwarder's answers go.</summary>
internal interface IDnsClients
{
    /// <summary>Sends an answer to the guest that asked; the bytes are lent for the call.</summary>
    void Answer(HostEnd guest, ReadOnlySpan<byte> message);
}
