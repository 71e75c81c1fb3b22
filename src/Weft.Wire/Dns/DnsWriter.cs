using System.Buffers.Binary;

namespace Weft.Wire.Dns;

/// <summary>
/// Builds a local answer: header and question from the query byte for byte (the case of its letters comes back, "0x20"),
/// then records whose names point into the question. The room has to be enough for all of it: who writes knows the sizes.
/// </summary>
public ref struct DnsWriter
{
    /// <summary>Bytes of a record without its data: pointer to its name, type, class, time, length.</summary>
    public const int RecordSize = 12;

    /// <summary>Bytes that <see cref="Finish"/> may add.</summary>
    public const int OptSize = 11;

    private const ushort Pointer = 0xc000;
    private const ushort OwnUdpSize = 1232;
    private const uint DnssecOkFlag = 0x8000;

    private readonly Span<byte> _message;
    private readonly bool _hasOpt;
    private readonly uint _askedOpt;
    private int _at;

    /// <param name="recurses">Whoever answers would also ask others.</param>
    public DnsWriter(Span<byte> message, in DnsView query, bool recurses = true)
    {
        _message = message;
        _hasOpt = query.TryFindOpt(out _askedOpt);
        BinaryPrimitives.WriteUInt16BigEndian(message, query.Id);
        ushort kept = (ushort)(query.Flags & (DnsView.OpcodeMask | DnsView.RecursionDesiredFlag | DnsView.CheckingDisabledFlag));
        ushort own = recurses ? (ushort)(DnsView.ResponseFlag | DnsView.RecursionAvailableFlag) : DnsView.ResponseFlag;
        BinaryPrimitives.WriteUInt16BigEndian(message[DnsView.FlagsOffset..], (ushort)(kept | own));
        message[DnsView.QuestionCountOffset..DnsView.HeaderSize].Clear();
        message[DnsView.QuestionCountOffset + 1] = 1;
        query.Question.CopyTo(message[DnsView.HeaderSize..]);
        _at = DnsView.HeaderSize + query.Question.Length;
    }

    /// <summary>Bytes that <see cref="PutAddress"/> takes.</summary>
    public static int SizeOf(IpAddress address) => RecordSize + (address.IsV4 ? 4 : 16);

    public readonly void SetFlags(ushort flags) =>
        BinaryPrimitives.WriteUInt16BigEndian(_message[DnsView.FlagsOffset..],
            (ushort)(BinaryPrimitives.ReadUInt16BigEndian(_message[DnsView.FlagsOffset..]) | flags));

    /// <summary>An A record, or for an IPv6 address an AAAA record, for the question's name.</summary>
    public void PutAddress(IpAddress address, uint seconds)
    {
        int data = BeginRecord(DnsView.HeaderSize, address.IsV4 ? DnsType.A : DnsType.Aaaa, seconds);
        if (!address.IsV4)
        {
            BinaryPrimitives.WriteUInt64BigEndian(_message[_at..], address.High);
            BinaryPrimitives.WriteUInt64BigEndian(_message[(_at + 8)..], address.Low);
            _at += 16;
        }
        else
        {
            Write32(address.V4);
        }
        EndRecord(data, DnsView.AnswerCountOffset);
    }

    /// <summary>A PTR record for the question's name: one label in front of a zone, or none in front of a full name.</summary>
    public void PutPointer(ReadOnlySpan<byte> label, ReadOnlySpan<byte> zone, uint seconds)
    {
        int data = BeginRecord(DnsView.HeaderSize, DnsType.Ptr, seconds);
        PutName(label, zone);
        EndRecord(data, DnsView.AnswerCountOffset);
    }

    /// <summary>The SOA of the zone that starts at <paramref name="owner"/> of the message, for the authority or the answer section (RFC 2308 §3).</summary>
    public void PutAuthority(int owner, ReadOnlySpan<byte> zone, uint seconds, bool asAnswer)
    {
        int data = BeginRecord(owner, DnsType.Soa, seconds);
        PutName("gateway"u8, zone);
        PutName("hostmaster"u8, zone);
        Write32(1);
        Write32(3600);
        Write32(600);
        Write32(86_400);
        Write32(seconds);
        EndRecord(data, asAnswer ? DnsView.AnswerCountOffset : DnsView.AuthorityCountOffset);
    }

    /// <summary>Sets the code, adds the OPT record when the query had one (RFC 6891 §6.1.1), and returns the message's bytes.</summary>
    public int Finish(DnsCode code)
    {
        _message[DnsView.FlagsOffset + 1] |= (byte)((byte)code & DnsView.CodeMask);
        if (_hasOpt)
        {
            _message[_at++] = 0;
            Write16(DnsType.Opt);
            Write16(OwnUdpSize);
            Write32((uint)((byte)code >> 4) << 24 | (_askedOpt & DnssecOkFlag));
            Write16(0);
            _message[DnsView.AdditionalCountOffset + 1]++;
        }
        return _at;
    }

    private int BeginRecord(int owner, ushort type, uint seconds)
    {
        Write16((ushort)(Pointer | owner));
        Write16(type);
        Write16(DnsType.ClassInternet);
        Write32(seconds);
        Write16(0);
        return _at;
    }

    private readonly void EndRecord(int data, int countOffset)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_message[(data - 2)..], (ushort)(_at - data));
        ushort count = BinaryPrimitives.ReadUInt16BigEndian(_message[countOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(_message[countOffset..], (ushort)(count + 1));
    }

    private void PutName(ReadOnlySpan<byte> label, ReadOnlySpan<byte> zone)
    {
        if (!label.IsEmpty)
        {
            _message[_at++] = (byte)label.Length;
            label.CopyTo(_message[_at..]);
            _at += label.Length;
        }
        zone.CopyTo(_message[_at..]);
        _at += zone.Length;
    }

    private void Write16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_message[_at..], value);
        _at += 2;
    }

    private void Write32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_message[_at..], value);
        _at += 4;
    }
}
