namespace Weft.Gateway.Dhcp;

/// <summary>What is to be done with a reply.</summary>
internal enum DhcpOutcome : byte
{
    /// <summary>There is none; <see cref="DhcpReply.Reason"/> says why, unless the message wants no answer.</summary>
    None,
    Send,

    /// <summary>Not before <see cref="DhcpReply.Change"/> is in the journal.</summary>
    SendAfterCommit,
}
