using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Ping;

/// <summary>One (guest, echo identifier) in the shared memory, 64 bytes. Valid by <see cref="Stamp"/> (<see cref="RecordStamp"/>).</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct PingFlowRecord
{
    public const byte Open = 1;

    public ulong Stamp;
    public ulong NetworkId;
    public IpAddress Guest;

    /// <summary>The keeper's slot; −1 while uncovered.</summary>
    public int Slot;

    /// <summary>As the guest sends it; the socket has one of its own.</summary>
    public ushort Identifier;

    public readonly FlowKey Key => KeyOf(NetworkId, Guest, Identifier);

    public readonly FlowKey Account => AccountOf(NetworkId, Guest);

    public static FlowKey KeyOf(ulong networkId, IpAddress guest, ushort identifier) => new(networkId, guest, default, identifier, 0, IpProtocol.Icmp);

    public static FlowKey AccountOf(ulong networkId, IpAddress guest) => new(networkId, guest, default, 0, 0, IpProtocol.Icmp);
}
