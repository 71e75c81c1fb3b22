using System.Net;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Model;
using Weft.Model.Planning;
using Weft.Wire;
using EngineAttachment = Weft.Engine.State.AttachmentKind;
using EngineMode = Weft.Engine.State.NetworkMode;
using ModelAttachment = Weft.Model.AttachmentKind;
using ModelMode = Weft.Model.NetworkMode;

namespace Weft.Daemon.Workers;

/// <summary>The same network, port, forward or name as the model has it and as a record; there and back gives what one began with.</summary>
internal static class Records
{
    /// <param name="id">The worker's; 0 for a new one.</param>
    public static NetworkRecord Of(PlaneNetwork network, ulong id = 0) => new()
    {
        Id = id,
        Name = Text64.From(network.Name),
        Mode = network.Mode switch
        {
            ModelMode.Nat => EngineMode.Nat,
            ModelMode.NatNetwork => EngineMode.NatNetwork,
            _ => EngineMode.Internal,
        },
        PrefixLength = (byte)(network.Subnet?.PrefixLength ?? 0),
        Flags = FlagsOf(network),
        Mtu = (ushort)network.Mtu,
        Polling = (PollingPolicy)network.Polling,
        LeaseSeconds = (uint)network.LeaseSeconds,
        Gateway = Address(network.Gateway),
        GatewayMac = Mac(network.GatewayMac),
        Dns = Address(network.Dns),
        PoolFirst = Address(network.Pool?.First),
        PoolLast = Address(network.Pool?.Last),
        Source = Address(network.Source),
        Domain = Text64.From(DnsNames.Zone),
    };

    public static PlaneNetwork Read(in NetworkRecord record)
    {
        IPAddress? gateway = Address(record.Gateway);
        return new PlaneNetwork
        {
            Name = record.Name.ToString(),
            Mode = record.Mode switch
            {
                EngineMode.Nat => ModelMode.Nat,
                EngineMode.NatNetwork => ModelMode.NatNetwork,
                _ => ModelMode.Internal,
            },
            Subnet = gateway is null ? null : new IPNetwork(V4.ToAddress(record.Gateway.V4 & V4.Mask(record.PrefixLength)),
                record.PrefixLength),
            Gateway = gateway,
            GatewayMac = record.GatewayMac.IsZero ? null : record.GatewayMac.ToString(),
            Dns = record.Flags.HasFlag(NetworkFlags.Dns) ? Address(record.Dns) : null,
            Pool = record.Flags.HasFlag(NetworkFlags.Dhcp) ? new AddressRange(Address(record.PoolFirst)!, Address(record.PoolLast)!) : null,
            HostLoopback = record.Flags.HasFlag(NetworkFlags.HostLoopback),
            Mtu = record.Mtu,
            Polling = (Polling)record.Polling,
            LeaseSeconds = (int)record.LeaseSeconds,
            Source = Address(record.Source),
        };
    }

    /// <param name="id">The worker's; 0 for a new one.</param>
    public static PortRecord Of(PlanePort port, ulong networkId, ulong id = 0) => new()
    {
        Id = id,
        NetworkId = networkId,
        Name = Text64.From(port.Name),
        Guest = Text64.From(port.Guest),
        Mac = Mac(port.Mac),
        Kind = port.Attachment switch
        {
            ModelAttachment.Tap => EngineAttachment.Tap,
            ModelAttachment.VhostUser => port.Dials ? EngineAttachment.VhostUserClient : EngineAttachment.VhostUser,
            ModelAttachment.Stream => port.Dials ? EngineAttachment.StreamClient : EngineAttachment.Stream,
            ModelAttachment.Dgram => EngineAttachment.Dgram,
            _ => EngineAttachment.Seqpacket,
        },
        Plugged = port.Plugged ? (byte)1 : (byte)0,
        Pairs = (byte)port.Queues,
        Reserved = Address(port.Reserved),
        ListenerSlot = -1,
        DescriptorSlot = -1,
        Path = Text108.From(port.Path),
        Remote = Text108.From(port.Remote),
    };

    /// <param name="tapNamespace">The record does not say where a TAP is; who opened it does.</param>
    public static PlanePort Read(in PortRecord record, string? network, string? tapNamespace) => new()
    {
        Name = record.Name.ToString(),
        Guest = record.Guest.ToString(),
        Network = network,
        Mac = record.Mac.ToString(),
        Attachment = record.Kind switch
        {
            EngineAttachment.Tap => ModelAttachment.Tap,
            EngineAttachment.VhostUser or EngineAttachment.VhostUserClient => ModelAttachment.VhostUser,
            EngineAttachment.Stream or EngineAttachment.StreamClient => ModelAttachment.Stream,
            EngineAttachment.Dgram => ModelAttachment.Dgram,
            _ => ModelAttachment.Seqpacket,
        },
        Dials = record.Kind is EngineAttachment.VhostUserClient or EngineAttachment.StreamClient,
        Queues = Math.Max((byte)1, record.Pairs),
        Path = record.Path.ToString(),
        Remote = record.Kind == EngineAttachment.Dgram ? record.Remote.ToString() : null,
        Namespace = tapNamespace,
        Reserved = Address(record.Reserved),
        Plugged = record.Plugged != 0,
    };

    public static ForwardRecord Of(PlaneForward forward, ulong networkId) => new()
    {
        NetworkId = networkId,
        Protocol = (byte)forward.Protocol,
        ListenPort = forward.HostPort,
        TargetPort = forward.GuestPort,
        ListenerSlot = -1,
        Listen = Address(forward.Listen),
        Target = Address(forward.Target),
        TargetGuest = Text64.From(forward.Guest),
    };

    public static PlaneForward Read(in ForwardRecord record, string network) => new(
        (ForwardProtocol)record.Protocol, Address(record.Listen) ?? IPAddress.Any, record.ListenPort, network,
        Address(record.Target), record.TargetGuest.ToString(), record.TargetPort);

    public static NameRecord Of(PlaneName name)
    {
        NameRecord record = new() { Network = Text64.From(name.Network), Name = Text256.From(name.Name), Count = (uint)name.Addresses.Count };
        for (int i = 0; i < name.Addresses.Count; i++)
        {
            record.Addresses[i] = Address(name.Addresses[i]);
        }
        return record;
    }

    public static PlaneName Read(in NameRecord record)
    {
        ReadOnlySpan<IpAddress> addresses = record.Addresses;
        return new PlaneName(record.Network.ToString(), record.Name.ToString(),
            addresses[..(int)Math.Min(record.Count, NameRecord.MaxAddresses)].ToArray().Select(a => Address(a) ?? IPAddress.Any).ToItems());
    }

    public static IPAddress? Address(IpAddress address) => address.IsNone ? null : IPAddress.Parse(address.ToString());

    public static IpAddress Address(IPAddress? address) => address is null ? default : IpAddress.From(address);

    public static MacAddress Mac(string? mac) => mac is not null && MacAddress.TryParse(mac, out MacAddress parsed) ? parsed : default;

    private static NetworkFlags FlagsOf(PlaneNetwork network) =>
        (network.Gateway is null ? 0 : NetworkFlags.Gateway) |
        (network.Pool is null ? 0 : NetworkFlags.Dhcp) |
        (network.Dns is null ? 0 : NetworkFlags.Dns) |
        (network.IsTranslated ? NetworkFlags.Nat : 0) |
        (network.HostLoopback ? NetworkFlags.HostLoopback : 0);
}
