namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>A frame as the guest got it.</summary>
/// <param name="Buffers">How many buffers it lay in.</param>
/// <param name="Ranges">Guest-physical ranges that the device says it wrote.</param>
public sealed record ReceivedFrame(NetHeader Header, byte[] Bytes, int Buffers, IReadOnlyList<(ulong Address, uint Length)> Ranges);
