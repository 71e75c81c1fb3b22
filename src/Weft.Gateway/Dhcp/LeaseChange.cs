using Weft.Wire;

namespace Weft.Gateway.Dhcp;

/// <summary>
/// One line of the journal: a lease as it is from now on. The journal sets <see cref="IsCommitted"/> from its own thread
/// once the line is on the disk; nothing else ever changes.
/// </summary>
public sealed class LeaseChange
{
    private volatile bool _isCommitted;

    /// <summary>The network's name: ids do not outlive a boot.</summary>
    public required string Network { get; init; }

    public required IpAddress Address { get; init; }

    public MacAddress Mac { get; init; }

    /// <summary>Hash of the client's identity.</summary>
    public ulong Client { get; init; }

    /// <summary>Unix time in seconds.</summary>
    public long Expires { get; init; }

    public string HostName { get; init; } = "";

    /// <summary>The lease is forgotten: the network or its pool went away.</summary>
    public bool IsEnd { get; init; }

    public bool IsCommitted => _isCommitted;

    internal void SetCommitted() => _isCommitted = true;
}
