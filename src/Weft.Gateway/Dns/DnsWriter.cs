using System.Buffers.Binary;
using Weft.Wire;

namespace Weft.Gateway.Dns;

/// <summary>
/// Builds a local answer: header and question from the query byte for byte (the case of its letters comes back, "0x20"),
/// then records whose names point into the question. Everything it can write fits <see cref="DnsAnswer.MaxSize"/> bytes.
/// </summary>
internal ref struct DnsWriter
{
    private const ushort Pointer = 0xc000;
    private const ushort OwnUdpSize = 1232;
    private const uint DnssecOkFlag = 0x8000;

    private readonly Span<byte> _message;
    private readonly bool _hasOpt;
    private readonly uint _askedOpt;
    private int _at;

    public DnsWriter(Span<byte> message, in DnsView query)
    {
        _message = message;
        _hasOpt = query.TryFindOpt(out _askedOpt);
        BinaryPrimitives.WriteUInt16BigEndian(message, query.Id);
        ushort kept = (ushort)(query.Flags & (DnsView.OpcodeMask | DnsView.RecursionDesiredFlag | DnsView.CheckingDisabledFlag));
        BinaryPrimitives.WriteUInt16BigEndian(message[DnsView.FlagsOffset..], (ushort)(kept | DnsView.ResponseFlag | DnsView.RecursionAvailableFlag));
        message[DnsView.QuestionCountOffset..DnsView.HeaderSize].Clear();
        message[DnsView.QuestionCountOffset + 1] = 1;
        query.Question.CopyTo(message[DnsView.HeaderSize..]);
        _at = DnsView.HeaderSize + query.Question.Length;
    }

    public readonly void SetFlags(ushort flags) =>
        BinaryPrimitives.WriteUInt16BigEndian(_message[DnsView.FlagsOffset..],
            (ushort)(BinaryPrimitives.ReadUInt16BigEndian(_message[DnsView.FlagsOffset..]) | flags));

    /// <summary>An A record for the question's name.</summary>
    public void PutAddress(IpAddress address, uint seconds)
    {
        int data = BeginRecord(DnsView.HeaderSize, DnsType.A, seconds);
        Write32(address.V4);
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
        _message[countOffset + 1]++;
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
