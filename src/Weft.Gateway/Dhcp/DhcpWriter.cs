using System.Buffers.Binary;
using Weft.Wire;

namespace Weft.Gateway.Dhcp;

/// <summary>
/// Builds a reply: the fixed part from the request (RFC 2131 table 3), then options, then what must come last. An option
/// that does not fit is left out; room for client id, relay information and end is kept from the start.
/// </summary>
internal ref struct DhcpWriter
{
    /// <summary>BOOTP's message size: some clients and relays drop shorter ones (RFC 1542 §2.1).</summary>
    private const int MinSize = 300;

    /// <summary>Room for what every reply must carry, however little the client wants to take.</summary>
    private const int MustFit = 64;

    private readonly Span<byte> _message;
    private readonly ReadOnlySpan<byte> _clientId;
    private readonly ReadOnlySpan<byte> _relay;
    private readonly int _limit;
    private int _at;

    /// <param name="message">Where the reply goes: <see cref="DhcpReply.MaxSize"/> bytes.</param>
    /// <param name="limit">Bytes that the client takes (option 57).</param>
    public DhcpWriter(Span<byte> message, in DhcpView request, int limit)
    {
        _message = message;
        _message.Clear();
        request.Header.CopyTo(_message);
        _message[DhcpView.OpOffset] = DhcpView.Reply;
        _message[3] = 0;
        _message.Slice(8, 2).Clear();
        BinaryPrimitives.WriteUInt32BigEndian(_message[DhcpView.CookieOffset..], DhcpView.Cookie);
        request.TryFind(DhcpOption.ClientId, out _clientId);
        request.TryFind(DhcpOption.RelayAgent, out _relay);
        _limit = Math.Max(limit - 1 - SizeOf(_clientId) - SizeOf(_relay), DhcpView.OptionsOffset + MustFit);
        _at = DhcpView.OptionsOffset;
    }

    /// <summary>Sets yiaddr.</summary>
    public readonly void SetYourAddress(IpAddress address) => WriteAddress(_message[DhcpView.YourAddressOffset..], address);

    public readonly void ClearClientAddress() => _message.Slice(DhcpView.ClientAddressOffset, 4).Clear();

    public readonly void SetBroadcast() => _message[DhcpView.FlagsOffset] |= DhcpView.BroadcastFlag >> 8;

    public void Put(byte code, scoped ReadOnlySpan<byte> value)
    {
        if (value.Length is > 0 and < 256 && _at + 2 + value.Length <= _limit)
        {
            Append(code, value);
        }
    }

    public void Put(byte code, IpAddress address)
    {
        Span<byte> value = stackalloc byte[4];
        WriteAddress(value, address);
        Put(code, value);
    }

    public void Put(byte code, uint number)
    {
        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(value, number);
        Put(code, value);
    }

    public void Put(byte code, ushort number)
    {
        Span<byte> value = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(value, number);
        Put(code, value);
    }

    public void Put(DhcpMessageType type) => Put(DhcpOption.MessageType, [(byte)type]);

    /// <summary>Client id (RFC 6842), relay information (RFC 3046 §2.2), end. Returns the message's bytes.</summary>
    public int Finish()
    {
        if (!_clientId.IsEmpty)
        {
            Append(DhcpOption.ClientId, _clientId);
        }
        if (!_relay.IsEmpty)
        {
            Append(DhcpOption.RelayAgent, _relay);
        }
        _message[_at++] = DhcpOption.End;
        return Math.Max(_at, MinSize);
    }

    private void Append(byte code, scoped ReadOnlySpan<byte> value)
    {
        _message[_at] = code;
        _message[_at + 1] = (byte)value.Length;
        value.CopyTo(_message[(_at + 2)..]);
        _at += 2 + value.Length;
    }

    private static int SizeOf(ReadOnlySpan<byte> value) => value.IsEmpty ? 0 : 2 + value.Length;

    private static void WriteAddress(Span<byte> at, IpAddress address) => BinaryPrimitives.WriteUInt32BigEndian(at, address.V4);
}
