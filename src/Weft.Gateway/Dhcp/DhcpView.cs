using System.Buffers.Binary;
using Weft.Wire;

namespace Weft.Gateway.Dhcp;

/// <summary>
/// A client's DHCP message (RFC 2131 §2), without its UDP header. <see cref="TryParse"/> walks every option once, those in
/// the file and sname fields too (option 52); after true no accessor throws, and each option found lies within the message.
/// </summary>
internal readonly ref struct DhcpView
{
    public const int OpOffset = 0;
    public const int HardwareTypeOffset = 1;
    public const int HardwareSizeOffset = 2;
    public const int XidOffset = 4;
    public const int FlagsOffset = 10;
    public const int ClientAddressOffset = 12;
    public const int YourAddressOffset = 16;
    public const int RelayAddressOffset = 24;
    public const int HardwareOffset = 28;
    public const int ServerNameOffset = 44;
    public const int FileOffset = 108;
    public const int CookieOffset = 236;
    public const int OptionsOffset = 240;

    public const uint Cookie = 0x63825363;
    public const byte Request = 1;
    public const byte Reply = 2;
    public const ushort BroadcastFlag = 0x8000;

    private const byte Ethernet = 1;
    private const int HardwareFieldSize = 16;

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _overload;

    private DhcpView(ReadOnlySpan<byte> message, int overload)
    {
        _message = message;
        _overload = overload;
    }

    /// <summary>False when cut short, not a request from an Ethernet client, or an option runs out of its field.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out DhcpView view)
    {
        view = default;
        if (message.Length < OptionsOffset ||
            message[OpOffset] != Request ||
            message[HardwareTypeOffset] != Ethernet ||
            message[HardwareSizeOffset] != MacAddress.Size ||
            BinaryPrimitives.ReadUInt32BigEndian(message[CookieOffset..]) != Cookie ||
            !IsWellFormed(message[OptionsOffset..]))
        {
            return false;
        }
        int overload = TryFindIn(message[OptionsOffset..], DhcpOption.Overload, out ReadOnlySpan<byte> value) && value.Length == 1 ? value[0] & 3 : 0;
        view = new DhcpView(message, overload);
        return ((overload & 1) == 0 || IsWellFormed(view.File)) && ((overload & 2) == 0 || IsWellFormed(view.ServerName));
    }

    public uint Xid => BinaryPrimitives.ReadUInt32BigEndian(_message[XidOffset..]);

    /// <summary>The client cannot take unicast before it has an address (RFC 2131 §4.1).</summary>
    public bool WantsBroadcast => (BinaryPrimitives.ReadUInt16BigEndian(_message[FlagsOffset..]) & BroadcastFlag) != 0;

    /// <summary>ciaddr; 0.0.0.0 unless the client has the address in use.</summary>
    public IpAddress ClientAddress => ReadAddress(_message[ClientAddressOffset..]);

    /// <summary>giaddr; 0.0.0.0 when no relay is between.</summary>
    public IpAddress RelayAddress => ReadAddress(_message[RelayAddressOffset..]);

    /// <summary>chaddr.</summary>
    public MacAddress Mac => MacAddress.Read(_message[HardwareOffset..]);

    /// <summary>The bytes that a reply takes over: op to chaddr.</summary>
    public ReadOnlySpan<byte> Header => _message[..(HardwareOffset + HardwareFieldSize)];

    public DhcpMessageType Type => TryFind(DhcpOption.MessageType, out ReadOnlySpan<byte> value) && value.Length == 1
        ? (DhcpMessageType)value[0]
        : DhcpMessageType.None;

    /// <summary>
    /// The client's identity on its network (RFC 2131 §4.2), hashed: option 61 where it is given, else the hardware address.
    /// An option 61 that only repeats the hardware address is the same client: a boot ROM often leaves it out.
    /// </summary>
    public ulong Client
    {
        get
        {
            bool isNamed = TryFind(DhcpOption.ClientId, out ReadOnlySpan<byte> id) && id.Length >= 2;
            bool isHardware = isNamed && id.Length == 1 + MacAddress.Size && id[0] == Ethernet && MacAddress.Read(id[1..]) == Mac;
            return isNamed && !isHardware ? ClientKey.From(id) : ClientKey.From(Mac);
        }
    }

    /// <summary>Finds an option by code: in the options field, then in file, then in sname.</summary>
    public bool TryFind(byte code, out ReadOnlySpan<byte> value) =>
        TryFindIn(_message[OptionsOffset..], code, out value) ||
        ((_overload & 1) != 0 && TryFindIn(File, code, out value)) ||
        ((_overload & 2) != 0 && TryFindIn(ServerName, code, out value));

    /// <summary>An option that holds one address; 0.0.0.0 counts as absent.</summary>
    public bool TryFindAddress(byte code, out IpAddress address)
    {
        bool found = TryFind(code, out ReadOnlySpan<byte> value) && value.Length == 4;
        address = found ? ReadAddress(value) : default;
        return found && !address.IsUnspecified;
    }

    private ReadOnlySpan<byte> ServerName => _message[ServerNameOffset..FileOffset];

    private ReadOnlySpan<byte> File => _message[FileOffset..CookieOffset];

    private static IpAddress ReadAddress(ReadOnlySpan<byte> at) => IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(at));

    /// <summary>Every option fits. A missing end option is forgiven: some clients leave it out.</summary>
    private static bool IsWellFormed(ReadOnlySpan<byte> field)
    {
        int at = 0;
        while (at < field.Length && field[at] != DhcpOption.End)
        {
            if (field[at] == DhcpOption.Pad)
            {
                at++;
                continue;
            }
            if (at + 2 > field.Length || at + 2 + field[at + 1] > field.Length)
            {
                return false;
            }
            at += 2 + field[at + 1];
        }
        return true;
    }

    private static bool TryFindIn(ReadOnlySpan<byte> field, byte code, out ReadOnlySpan<byte> value)
    {
        int at = 0;
        while (at < field.Length && field[at] != DhcpOption.End)
        {
            if (field[at] == DhcpOption.Pad)
            {
                at++;
                continue;
            }
            if (field[at] == code)
            {
                value = field.Slice(at + 2, field[at + 1]);
                return true;
            }
            at += 2 + field[at + 1];
        }
        value = default;
        return false;
    }
}
