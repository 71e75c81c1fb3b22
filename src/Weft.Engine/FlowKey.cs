using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Engine;

/// <summary>
/// What names a flow, a mapping or a ping in a <see cref="FlowIndex{TRecords}"/>: 48 bytes without padding, so that it can be
/// hashed as six words. What a thing has no use for stays zero.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FlowKey(
    ulong NetworkId, IpAddress Guest, IpAddress Peer, ushort GuestPort, ushort PeerPort, uint Protocol);
