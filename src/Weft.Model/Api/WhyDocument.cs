namespace Weft.Model.Api;

/// <summary>The way from one end to another, as a frame would go it now. Nothing was sent.</summary>
public sealed record WhyDocument
{
    public string ApiVersion { get; init; } = ApiPaths.Version;

    public string Kind { get; init; } = "Why";

    /// <summary>"alpha:1 10.20.0.15".</summary>
    public required string From { get; init; }

    public required string To { get; init; }

    /// <summary>"tcp/443", "udp/53" or "icmp".</summary>
    public required string Protocol { get; init; }

    public WhyStep[] Steps { get; init; } = [];

    public bool Reaches { get; init; }

    /// <summary>"reaches beta:1", "dropped (policy-loopback)".</summary>
    public required string Verdict { get; init; }

    /// <summary>A drop reason as counters name it; null when it reaches.</summary>
    public string? Reason { get; init; }

    /// <summary>What leads out; null when it reaches.</summary>
    public string? Try { get; init; }
}
