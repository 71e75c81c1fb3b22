using System.Text.Json.Serialization;

namespace Weft.Cli.Doctor;

/// <summary>All findings of one visit.</summary>
internal sealed record Checkup(IReadOnlyList<Finding> Findings)
{
    public string ApiVersion { get; init; } = Model.Api.ApiPaths.Version;

    public string Kind { get; init; } = "Checkup";

    public bool Healthy => !Findings.Any(f => f.Fails);

    public static Checkup Of(HostFacts facts) =>
        new([.. KernelChecks.Of(facts), .. GuestChecks.Of(facts), .. HomeChecks.Of(facts), .. NetworkChecks.Of(facts), .. NameChecks.Of(facts), .. ProcessChecks.Of(facts)]);
}
