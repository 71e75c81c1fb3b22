using System.Numerics;

namespace Weft.Linux.Messages;

/// <summary>What a message takes of a socket's send buffer: the kernel counts its buffer rounded up and the buffer's own head, not the bytes of the frame.</summary>
public static class MessageCost
{
    // Beyond the data: struct sk_buff and skb_shared_info (SKB_TRUESIZE on 64-bit).
    private const int BufferOverhead = 320;
    private const int BufferHead = 256;

    /// <summary>Bytes of send buffer for a message of <paramref name="length"/> bytes.</summary>
    public static int Of(int length) => (int)BitOperations.RoundUpToPowerOf2((uint)(length + BufferOverhead)) + BufferHead;
}
