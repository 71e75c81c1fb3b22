using System.Net;
using Weft.Model;
using Weft.Model.Planning;

namespace Weft.Daemon.Why;

/// <summary>One end of the way that is asked about: one of these is set, or it is the host or the outside.</summary>
internal sealed record WhyEnd(string Text)
{
    public PlanePort? Port { get; init; }

    /// <summary>Stands for this network's gateway.</summary>
    public PlaneNetwork? GatewayOf { get; init; }

    /// <summary>The gateway of whoever asks.</summary>
    public bool IsOwnGateway { get; init; }

    /// <summary>The host itself, as guests reach it.</summary>
    public bool IsHost { get; init; }

    /// <summary>Anywhere outside.</summary>
    public bool IsOutside { get; init; }

    public IPAddress? Address { get; init; }

    /// <summary>Set when <see cref="Address"/> was found by name.</summary>
    public string? Name { get; init; }

    /// <summary>A name that the host cannot resolve.</summary>
    public bool IsUnknownName { get; init; }
}
