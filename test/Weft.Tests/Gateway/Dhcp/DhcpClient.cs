using System.Buffers.Binary;
using Weft.Gateway.Dhcp;
using Weft.Wire;

namespace Weft.Tests.Gateway.Dhcp;

/// <summary>Builds the messages of one client (RFC 2131 table 5).</summary>
internal sealed class DhcpClient(MacAddress mac)
{
    private const byte AnyServer = 0;

    public byte[]? ClientId { get; init; }

    public bool Broadcast { get; init; }

    public IpAddress Relay { get; init; } = IpAddress.FromV4(0);

    public List<(byte Code, byte[] Value)> Extra { get; init; } = [];

    public byte[] Discover(IpAddress? wanted = null) =>
        Build(DhcpMessageType.Discover, null, wanted, null);

    public byte[] Selecting(IpAddress address, IpAddress server) => Build(DhcpMessageType.Request, null, address, server);

    public byte[] InitReboot(IpAddress address) => Build(DhcpMessageType.Request, null, address, null);

    public byte[] Renewing(IpAddress address) => Build(DhcpMessageType.Request, address, null, null);

    public byte[] Release(IpAddress address, IpAddress server) => Build(DhcpMessageType.Release, address, null, server);

    public byte[] Decline(IpAddress address, IpAddress server) => Build(DhcpMessageType.Decline, null, address, server);

    public byte[] Inform(IpAddress address) => Build(DhcpMessageType.Inform, address, null, null);

    public byte[] Build(DhcpMessageType type, IpAddress? client, IpAddress? requested, IpAddress? server)
    {
        var bytes = new List<byte>(new byte[240]);
        Span<byte> head = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes);
        head[0] = 1;
        head[1] = 1;
        head[2] = 6;
        head[3] = AnyServer;
        BinaryPrimitives.WriteUInt32BigEndian(head[4..], 0xabcd1234);
        head[10] = (byte)(Broadcast ? 0x80 : 0);
        BinaryPrimitives.WriteUInt32BigEndian(head[12..], client?.V4 ?? 0);
        BinaryPrimitives.WriteUInt32BigEndian(head[24..], Relay.V4);
        mac.Write(head[28..]);
        BinaryPrimitives.WriteUInt32BigEndian(head[236..], DhcpView.Cookie);
        Add(bytes, DhcpOption.MessageType, [(byte)type]);
        AddAddress(bytes, DhcpOption.RequestedAddress, requested);
        AddAddress(bytes, DhcpOption.ServerId, server);
        if (ClientId is not null)
        {
            Add(bytes, DhcpOption.ClientId, ClientId);
        }
        foreach ((byte code, byte[] value) in Extra)
        {
            Add(bytes, code, value);
        }
        bytes.Add(DhcpOption.End);
        return [.. bytes];
    }

    /// <summary>DISCOVER, OFFER, REQUEST, ACK; the address, or null when any step failed.</summary>
    public IpAddress? Obtain(DhcpBench bench, ulong port = 1)
    {
        DhcpAnswer offer = bench.Send(Discover(), port);
        if (offer.Type != DhcpMessageType.Offer)
        {
            return null;
        }
        DhcpAnswer ack = bench.Send(Selecting(offer.Your, bench.Scope.Server), port);
        return ack.Type == DhcpMessageType.Ack && ack.Your == offer.Your ? ack.Your : null;
    }

    private static void AddAddress(List<byte> bytes, byte code, IpAddress? address)
    {
        if (address is { } value)
        {
            Add(bytes, code, [(byte)(value.V4 >> 24), (byte)(value.V4 >> 16), (byte)(value.V4 >> 8), (byte)value.V4]);
        }
    }

    private static void Add(List<byte> bytes, byte code, byte[] value)
    {
        bytes.Add(code);
        bytes.Add((byte)value.Length);
        bytes.AddRange(value);
    }
}
