namespace Weft.Model.Api;

/// <summary>Everything that <c>weft status</c> shows. Fields are only ever added.</summary>
public sealed record StatusDocument
{
    public string ApiVersion { get; init; } = ApiPaths.Version;

    public string Kind { get; init; } = "Status";

    public required string Version { get; init; }

    public required string Home { get; init; }

    public int DaemonPid { get; init; }

    /// <summary>Seconds since the first worker started.</summary>
    public double UptimeSeconds { get; init; }

    public required WorkerDocument Worker { get; init; }

    public int Vms { get; init; }

    public FlowsDocument Flows { get; init; } = new(0, 0, 0);

    public NetworkDocument[] Networks { get; init; } = [];

    /// <summary>NICs on no network.</summary>
    public PortDocument[] NotAttached { get; init; } = [];

    /// <summary>Weftd's name server for the host; null: there is none.</summary>
    public NameServerDocument? NameServer { get; init; }

    public ProblemDocument[] Problems { get; init; } = [];

    /// <summary>Something does not do what it should: <c>weft status</c> exits 7.</summary>
    public bool Degraded => Problems.Any(p => p.Degrades);
}
