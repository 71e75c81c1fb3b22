using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Dhcp;

/// <summary>What the server has to say: the payload lies in the buffer that the caller gave, the addressing is here.</summary>
internal readonly record struct DhcpReply(DhcpOutcome Outcome, DropReason Reason)
{
    /// <summary>Bytes that any reply fits into.</summary>
    public const int MaxSize = 1024;

    public int Length { get; init; }

    public IpAddress To { get; init; }

    /// <summary>68, or 67 toward a relay.</summary>
    public ushort ToPort { get; init; }

    public MacAddress ToMac { get; init; }

    /// <summary>For the journal, with or without a reply; null when nothing changed.</summary>
    public LeaseChange? Change { get; init; }

    public static DhcpReply Dropped(DropReason reason) => new(DhcpOutcome.None, reason);
}
