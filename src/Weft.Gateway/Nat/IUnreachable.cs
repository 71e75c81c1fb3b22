using Weft.Engine;

namespace Weft.Gateway.Nat;

/// <summary>Tells a guest by ICMP that a destination cannot be reached, when the frame that asked for it is gone.</summary>
internal interface IUnreachable
{
    /// <summary>Destination unreachable with <paramref name="code"/> (RFC 792), quoting a header rebuilt from the tuple.</summary>
    /// <param name="firstWord">The transport's second word as the guest sent it (TCP: the sequence number).</param>
    void Tell(in FlowKey key, byte code, uint firstWord);
}
