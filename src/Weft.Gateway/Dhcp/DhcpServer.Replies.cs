using System.Buffers.Binary;
using System.Text;
using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Dhcp;

/// <summary>Replies: their fixed part, options and addressing (RFC 2131 §4.1, §4.3 and table 3).</summary>
internal sealed partial class DhcpServer
{
    private const ushort ServerPort = 67;
    private const ushort ClientPort = 68;

    /// <summary>IP and UDP headers; option 57 counts them.</summary>
    private const int PacketOverhead = 28;
    private const int DefaultSize = 576 - PacketOverhead;

    private static readonly IpAddress LimitedBroadcast = IpAddress.FromV4(uint.MaxValue);

    private DhcpReply WriteOffer(in DhcpView message, in DhcpRequest request, in LeaseClaim claim, Lease lease, Span<byte> to)
    {
        DhcpWriter writer = Begin(in message, DhcpMessageType.Offer, to);
        writer.ClearClientAddress();
        writer.SetYourAddress(lease.Address);
        PutTimes(ref writer, SecondsFor(in message));
        PutOptions(ref writer, in message, in claim, lease.HostName);
        return Address(in message, in request, lease.Address, DhcpOutcome.Send) with { Length = writer.Finish() };
    }

    private DhcpReply WriteAck(in DhcpView message, in DhcpRequest request, in LeaseClaim claim, Lease lease, uint seconds, Span<byte> to)
    {
        DhcpWriter writer = Begin(in message, DhcpMessageType.Ack, to);
        writer.SetYourAddress(lease.Address);
        PutTimes(ref writer, seconds);
        PutOptions(ref writer, in message, in claim, lease.HostName);
        return Address(in message, in request, lease.Address, DhcpOutcome.SendAfterCommit) with
        {
            Length = writer.Finish(),
            Change = ChangeOf(lease, lease.Expires),
        };
    }

    /// <summary>RFC 2131 §4.3.5: to ciaddr, with neither yiaddr nor lease times.</summary>
    private DhcpReply WriteInformed(in DhcpView message, in DhcpRequest request, in LeaseClaim claim, Span<byte> to)
    {
        DhcpWriter writer = Begin(in message, DhcpMessageType.Ack, to);
        PutOptions(ref writer, in message, in claim, "");
        return Address(in message, in request, message.ClientAddress, DhcpOutcome.Send) with { Length = writer.Finish() };
    }

    /// <summary>RFC 2131 §4.3.2: to everybody, or to the relay with the broadcast flag set.</summary>
    private DhcpReply WriteNak(in DhcpView message, in DhcpRequest request, ReadOnlySpan<byte> why, Span<byte> to)
    {
        DhcpWriter writer = Begin(in message, DhcpMessageType.Nak, to);
        writer.ClearClientAddress();
        writer.SetBroadcast();
        writer.Put(DhcpOption.Message, why);
        DhcpReply reply = message.RelayAddress.IsUnspecified
            ? new DhcpReply(DhcpOutcome.Send, DropReason.None) { To = LimitedBroadcast, ToPort = ClientPort, ToMac = MacAddress.Broadcast }
            : Address(in message, in request, default, DhcpOutcome.Send);
        return reply with { Length = writer.Finish() };
    }

    private DhcpWriter Begin(in DhcpView message, DhcpMessageType type, Span<byte> to)
    {
        bool says = message.TryFind(DhcpOption.MaxMessageSize, out ReadOnlySpan<byte> value) && value.Length == 2;
        int limit = says ? BinaryPrimitives.ReadUInt16BigEndian(value) - PacketOverhead : DefaultSize;
        var writer = new DhcpWriter(to, in message, Math.Clamp(limit, DefaultSize, DhcpReply.MaxSize));
        writer.Put(type);
        writer.Put(DhcpOption.ServerId, Scope.Server);
        return writer;
    }

    /// <summary>T1 is half of the lease, T2 seven eighths (RFC 2131 §4.4.5).</summary>
    private static void PutTimes(ref DhcpWriter writer, uint seconds)
    {
        writer.Put(DhcpOption.LeaseTime, seconds);
        writer.Put(DhcpOption.RenewalTime, seconds / 2);
        writer.Put(DhcpOption.RebindingTime, (uint)(seconds * 7UL / 8));
    }

    /// <summary>
    /// Mask, router and name server always, since a guest is of no use without them; the rest as the client's list asks for
    /// it and in its order (RFC 2132 §9.8), or all of it when there is no list.
    /// </summary>
    private void PutOptions(ref DhcpWriter writer, in DhcpView message, in LeaseClaim claim, string hostName)
    {
        string name = claim.Nic is { Guest.Length: > 0 } nic ? nic.Guest : hostName;
        PutOption(ref writer, DhcpOption.SubnetMask, name);
        PutOption(ref writer, DhcpOption.Router, name);
        PutOption(ref writer, DhcpOption.DnsServer, name);
        if (!message.TryFind(DhcpOption.ParameterList, out ReadOnlySpan<byte> wanted))
        {
            wanted = [DhcpOption.HostName, DhcpOption.DomainName, DhcpOption.InterfaceMtu, DhcpOption.BroadcastAddress];
        }
        uint written = 0;
        foreach (byte code in wanted)
        {
            if (code is DhcpOption.HostName or DhcpOption.DomainName or DhcpOption.InterfaceMtu or DhcpOption.BroadcastAddress &&
                (written & (1u << code)) == 0)
            {
                written |= 1u << code;
                PutOption(ref writer, code, name);
            }
        }
    }

    private void PutOption(ref DhcpWriter writer, byte code, string name)
    {
        switch (code)
        {
            case DhcpOption.SubnetMask:
                writer.Put(code, Scope.Mask);
                break;
            case DhcpOption.Router when !Scope.Router.IsNone:
                writer.Put(code, Scope.Router);
                break;
            case DhcpOption.DnsServer when !Scope.Dns.IsNone:
                writer.Put(code, Scope.Dns);
                break;
            case DhcpOption.HostName:
                PutText(ref writer, code, name);
                break;
            case DhcpOption.DomainName:
                PutText(ref writer, code, Scope.Domain);
                break;
            case DhcpOption.InterfaceMtu:
                writer.Put(code, (ushort)Scope.Mtu);
                break;
            case DhcpOption.BroadcastAddress:
                writer.Put(code, Scope.Broadcast);
                break;
        }
    }

    private static void PutText(ref DhcpWriter writer, byte code, string text)
    {
        Span<byte> bytes = stackalloc byte[255];
        if (Encoding.UTF8.TryGetBytes(text, bytes, out int length))
        {
            writer.Put(code, bytes[..length]);
        }
    }

    /// <summary>RFC 2131 §4.1: the relay; else an address in use; else everybody when asked for; else the new address at its MAC.</summary>
    private static DhcpReply Address(in DhcpView message, in DhcpRequest request, IpAddress address, DhcpOutcome outcome)
    {
        var reply = new DhcpReply(outcome, DropReason.None) { ToPort = ClientPort };
        if (!message.RelayAddress.IsUnspecified)
        {
            return reply with { To = message.RelayAddress, ToPort = ServerPort, ToMac = request.Source };
        }
        if (!message.ClientAddress.IsUnspecified)
        {
            return reply with { To = message.ClientAddress, ToMac = request.Source };
        }
        return message.WantsBroadcast
            ? reply with { To = LimitedBroadcast, ToMac = MacAddress.Broadcast }
            : reply with { To = address, ToMac = message.Mac };
    }

    private LeaseChange ChangeOf(Lease lease, long expires) => new()
    {
        Network = Scope.Network,
        Address = lease.Address,
        Mac = lease.Mac,
        Client = lease.Client,
        Expires = expires,
        HostName = lease.HostName,
    };
}
