namespace Weft.Wire;

/// <summary>Writes TCP headers.</summary>
public static unsafe class TcpHeader
{
    /// <summary>Writes a header with zero checksum and returns its bytes; then <see cref="Complete"/> or <see cref="LeaveChecksum"/>.</summary>
    /// <param name="options">At most 40 bytes; padded with zeros to a multiple of four. <see cref="TcpOptionWriter"/> makes them.</param>
    public static int Write(byte* at, in TcpFields fields, ReadOnlySpan<byte> options = default)
    {
        int length = TcpView.Size + ((options.Length + 3) & ~3);
        NetworkOrder.Write16(at + TcpView.SourcePortOffset, fields.SourcePort);
        NetworkOrder.Write16(at + TcpView.DestinationPortOffset, fields.DestinationPort);
        NetworkOrder.Write32(at + TcpView.SequenceOffset, fields.Sequence);
        NetworkOrder.Write32(at + TcpView.AcknowledgmentOffset, fields.Acknowledgment);
        at[TcpView.DataOffset] = (byte)(length / 4 << 4);
        at[TcpView.FlagsOffset] = (byte)fields.Flags;
        NetworkOrder.Write16(at + TcpView.WindowOffset, fields.Window);
        Checksum.Store(at + TcpView.ChecksumOffset, 0);
        NetworkOrder.Write16(at + TcpView.UrgentOffset, fields.UrgentPointer);
        var room = new Span<byte>(at + TcpView.Size, length - TcpView.Size);
        options.CopyTo(room);
        room[options.Length..].Clear();
        return length;
    }

    /// <summary>Completes a segment that lies in one piece.</summary>
    /// <param name="length">Bytes of header and payload.</param>
    public static void Complete(byte* at, int length, IpAddress source, IpAddress destination)
    {
        Checksum.Store(at + TcpView.ChecksumOffset, 0);
        uint sum = Checksum.Sum(at, length, Checksum.Pseudo(source, destination, IpProtocol.Tcp, length));
        Checksum.Store(at + TcpView.ChecksumOffset, Checksum.Finish(sum));
    }

    /// <summary>Leaves the checksum to the receiver: the folded pseudo header stands in the field (<see cref="Offload.NeedsChecksum"/>).</summary>
    /// <param name="length">Bytes of header and payload.</param>
    public static void LeaveChecksum(byte* at, int length, IpAddress source, IpAddress destination) =>
        Checksum.Store(at + TcpView.ChecksumOffset, Checksum.Fold(Checksum.Pseudo(source, destination, IpProtocol.Tcp, length)));
}
