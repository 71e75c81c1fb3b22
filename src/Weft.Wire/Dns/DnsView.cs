using System.Buffers.Binary;

namespace Weft.Wire.Dns;

/// <summary>
/// Header and the one question of a DNS message (RFC 1035 §4.1). After <see cref="TryParse"/> said true no accessor throws.
/// The question's name holds no pointer: there is nothing before it to point to.
/// </summary>
public readonly ref struct DnsView
{
    public const int IdOffset = 0;
    public const int FlagsOffset = 2;
    public const int QuestionCountOffset = 4;
    public const int AnswerCountOffset = 6;
    public const int AuthorityCountOffset = 8;
    public const int AdditionalCountOffset = 10;
    public const int HeaderSize = 12;

    public const ushort ResponseFlag = 0x8000;
    public const ushort OpcodeMask = 0x7800;
    public const ushort AuthoritativeFlag = 0x0400;
    public const ushort TruncatedFlag = 0x0200;
    public const ushort RecursionDesiredFlag = 0x0100;
    public const ushort RecursionAvailableFlag = 0x0080;
    public const ushort CheckingDisabledFlag = 0x0010;
    public const ushort CodeMask = 0x000f;

    private const int RecordFixedSize = 10;

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _nameLength;

    private DnsView(ReadOnlySpan<byte> message, int nameLength)
    {
        _message = message;
        _nameLength = nameLength;
    }

    /// <summary>False when there is not exactly one whole question.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out DnsView view)
    {
        view = default;
        if (message.Length < HeaderSize || BinaryPrimitives.ReadUInt16BigEndian(message[QuestionCountOffset..]) != 1)
        {
            return false;
        }
        int nameLength = DnsName.Skip(message, HeaderSize);
        if (nameLength == 0 || message[HeaderSize + nameLength - 1] != 0 || IsPointer(message, nameLength) ||
            HeaderSize + nameLength + 4 > message.Length)
        {
            return false;
        }
        view = new DnsView(message, nameLength);
        return true;
    }

    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(_message);

    public ushort Flags => BinaryPrimitives.ReadUInt16BigEndian(_message[FlagsOffset..]);

    public bool IsResponse => (Flags & ResponseFlag) != 0;

    /// <summary>0: a standard query.</summary>
    public int Opcode => (Flags & OpcodeMask) >> 11;

    public DnsCode Code => (DnsCode)(Flags & CodeMask);

    /// <summary>The question's name in wire form, as it was written: the case of its letters is the sender's.</summary>
    public ReadOnlySpan<byte> Name => _message.Slice(HeaderSize, _nameLength);

    public ushort Type => BinaryPrimitives.ReadUInt16BigEndian(_message[(HeaderSize + _nameLength)..]);

    public ushort Class => BinaryPrimitives.ReadUInt16BigEndian(_message[(HeaderSize + _nameLength + 2)..]);

    /// <summary>Name, type and class.</summary>
    public ReadOnlySpan<byte> Question => _message.Slice(HeaderSize, _nameLength + 4);

    /// <summary>The same question but for the case of its letters.</summary>
    public bool AsksTheSame(in DnsView other) =>
        HostLabel.AreEqual(Name, other.Name) && Type == other.Type && Class == other.Class;

    /// <summary>Finds the EDNS record (RFC 6891 §6.1.1) behind all others. False when there is none or a record is cut short.</summary>
    /// <param name="ttl">Extended code, version, flags.</param>
    public bool TryFindOpt(out uint ttl) => TryFindOpt(out ttl, out _);

    /// <param name="ttl">Extended code, version, flags.</param>
    /// <param name="udpSize">Bytes of a datagram that the asker takes.</param>
    public bool TryFindOpt(out uint ttl, out ushort udpSize)
    {
        ttl = 0;
        udpSize = 0;
        int at = HeaderSize + _nameLength + 4;
        int before = BinaryPrimitives.ReadUInt16BigEndian(_message[AnswerCountOffset..]) +
            BinaryPrimitives.ReadUInt16BigEndian(_message[AuthorityCountOffset..]);
        int all = before + BinaryPrimitives.ReadUInt16BigEndian(_message[AdditionalCountOffset..]);
        for (int i = 0; i < all; i++)
        {
            int name = DnsName.Skip(_message, at);
            if (name == 0 || at + name + RecordFixedSize > _message.Length)
            {
                return false;
            }
            ReadOnlySpan<byte> record = _message[(at + name)..];
            int size = RecordFixedSize + BinaryPrimitives.ReadUInt16BigEndian(record[8..]);
            if (size > record.Length)
            {
                return false;
            }
            if (i >= before && BinaryPrimitives.ReadUInt16BigEndian(record) == DnsType.Opt && name == 1)
            {
                udpSize = BinaryPrimitives.ReadUInt16BigEndian(record[2..]);
                ttl = BinaryPrimitives.ReadUInt32BigEndian(record[4..]);
                return true;
            }
            at += name + size;
        }
        return false;
    }

    /// <summary>The name's last byte is zero but stands in a pointer.</summary>
    private static bool IsPointer(ReadOnlySpan<byte> message, int nameLength)
    {
        int at = HeaderSize;
        while (message[at] != 0 && message[at] <= DnsName.MaxLabel)
        {
            at += 1 + message[at];
        }
        return at != HeaderSize + nameLength - 1;
    }
}
