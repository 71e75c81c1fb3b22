using System.Buffers.Binary;

namespace Weft.Wire;

/// <summary>An ICMP or ICMPv6 message (RFC 792, RFC 4443). After <see cref="TryParse"/> said true no accessor throws.</summary>
public readonly ref struct IcmpView
{
    public const int TypeOffset = 0;
    public const int CodeOffset = 1;
    public const int ChecksumOffset = 2;
    public const int IdentifierOffset = 4;
    public const int SequenceOffset = 6;
    public const int Size = 8;

    public const byte EchoReply = 0;
    public const byte Unreachable = 3;
    public const byte EchoRequest = 8;
    public const byte TimeExceeded = 11;
    public const byte ParameterProblem = 12;

    public const byte CodeNetUnreachable = 0;
    public const byte CodeHostUnreachable = 1;
    public const byte CodeProtocolUnreachable = 2;
    public const byte CodePortUnreachable = 3;
    public const byte CodeFragmentationNeeded = 4;
    public const byte CodeProhibited = 13;

    private readonly ReadOnlySpan<byte> _message;

    private IcmpView(ReadOnlySpan<byte> message)
    {
        _message = message;
    }

    /// <summary>False when shorter than the eight bytes that every type has.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out IcmpView view)
    {
        bool isWhole = message.Length >= Size;
        view = isWhole ? new IcmpView(message) : default;
        return isWhole;
    }

    public byte Type => _message[TypeOffset];

    public byte Code => _message[CodeOffset];

    public ushort ChecksumField => BinaryPrimitives.ReadUInt16BigEndian(_message[ChecksumOffset..]);

    /// <summary>Echo only.</summary>
    public ushort Identifier => BinaryPrimitives.ReadUInt16BigEndian(_message[IdentifierOffset..]);

    /// <summary>Echo only.</summary>
    public ushort Sequence => BinaryPrimitives.ReadUInt16BigEndian(_message[SequenceOffset..]);

    /// <summary>The four bytes behind the checksum: identifier and sequence, or next-hop MTU in the lower half.</summary>
    public uint RestOfHeader => BinaryPrimitives.ReadUInt32BigEndian(_message[IdentifierOffset..]);

    public ReadOnlySpan<byte> Payload => _message[Size..];
}
