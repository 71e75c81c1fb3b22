using Weft.Engine;

namespace Weft.Tests.Simulation;

/// <summary>One UDP datagram or ICMP echo message under way.</summary>
internal sealed record Datagram(HostEnd From, HostEnd To, byte[] Payload, byte TimeToLive);
