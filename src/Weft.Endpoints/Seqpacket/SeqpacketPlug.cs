namespace Weft.Endpoints.Seqpacket;

/// <summary>The descriptors that a <see cref="SeqpacketEndpoint"/> starts with.</summary>
/// <param name="Listener">Non-blocking, listening.</param>
/// <param name="Connection">Of an earlier life; −1 for none.</param>
/// <param name="MaxFrame">Longest frame in bytes without FCS, either way.</param>
public readonly record struct SeqpacketPlug(int Listener, int Connection, int MaxFrame = SeqpacketPlug.DefaultMaxFrame)
{
    /// <summary>1500 bytes of payload, Ethernet header and one VLAN tag.</summary>
    public const int DefaultMaxFrame = 1514 + 4;
}
