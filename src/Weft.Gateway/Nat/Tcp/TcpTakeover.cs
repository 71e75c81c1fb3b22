namespace Weft.Gateway.Nat.Tcp;

/// <summary>What a successor found: each record of the predecessor counts once.</summary>
internal record struct TcpTakeover
{
    /// <summary>Flows that go on.</summary>
    public int Restored;

    /// <summary>Flows that had ended meanwhile: the host side reset, refused or finished.</summary>
    public int Ended;

    /// <summary>Half-open flows whose descriptor had not reached the keeper; their guests try again.</summary>
    public int Forgotten;

    /// <summary>Established flows without a descriptor or a network, and records that make no sense. Never above zero while the keeper lives.</summary>
    public int Lost;
}
