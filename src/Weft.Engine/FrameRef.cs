using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Engine;

/// <summary>
/// One Ethernet frame on loan, without FCS.
/// </summary>
/// <remarks>
/// Owner rule: a frame is borrowed from the burst that <see cref="IEndpoint.Poll"/> filled, until that endpoint's
/// <see cref="IEndpoint.Release"/> at the end of the turn. Whoever keeps it longer copies it.
/// What is parsed and what is delivered is <see cref="Head"/> (ours: nobody outside can change it) followed by the
/// <see cref="Rest"/> where it arrived, which is read-only and may change under us.
/// At least <see cref="Headroom"/> bytes before <see cref="Head"/> may be written by whoever adds a header.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct FrameRef
{
    /// <summary>Bytes in front of every head that a header may be put into (virtio-net header, VLAN tag, tunnel headers).</summary>
    public const int Headroom = 128;

    /// <summary>The checked copy: every byte that anybody parses. At least the whole frame or <see cref="Burst.HeadSize"/> bytes.</summary>
    public byte* Head;

    /// <summary>Runs that follow the head; valid until the turn ends.</summary>
    public IoVec* Rest;

    public int HeadLength;
    public int RestCount;

    /// <summary>Bytes in head and rest together.</summary>
    public int Length;

    public Offload Offload;

    /// <summary>Copies head and rest to <paramref name="to"/>, which has room for <see cref="Length"/> bytes.</summary>
    public readonly void CopyTo(byte* to)
    {
        Buffer.MemoryCopy(Head, to, HeadLength, HeadLength);
        to += HeadLength;
        for (int i = 0; i < RestCount; i++)
        {
            Buffer.MemoryCopy(Rest[i].Start, to, Rest[i].Length, Rest[i].Length);
            to += Rest[i].Length;
        }
    }
}
