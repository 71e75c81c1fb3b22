namespace Weft.Wire;

/// <summary>Writes ICMP headers.</summary>
public static unsafe class IcmpHeader
{
    /// <summary>Writes <see cref="IcmpView.Size"/> bytes with a zero checksum and returns that; then <see cref="Complete"/>.</summary>
    /// <param name="restOfHeader">Identifier and sequence, next-hop MTU, or 0.</param>
    public static int Write(byte* at, byte type, byte code, uint restOfHeader)
    {
        at[IcmpView.TypeOffset] = type;
        at[IcmpView.CodeOffset] = code;
        Checksum.Store(at + IcmpView.ChecksumOffset, 0);
        NetworkOrder.Write32(at + IcmpView.IdentifierOffset, restOfHeader);
        return IcmpView.Size;
    }

    /// <summary>Completes a message that lies in one piece of <paramref name="length"/> bytes. ICMPv6 adds its pseudo header as <paramref name="sum"/>.</summary>
    public static void Complete(byte* at, int length, uint sum = 0)
    {
        Checksum.Store(at + IcmpView.ChecksumOffset, 0);
        Checksum.Store(at + IcmpView.ChecksumOffset, Checksum.Finish(Checksum.Sum(at, length, sum)));
    }
}
