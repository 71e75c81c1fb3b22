namespace Weft.Model.Api;

/// <summary>Lines that attach a guest: arguments of a hypervisor, or commands.</summary>
public sealed record ArgsDocument(string Vm, string For, string[] Lines)
{
    public string ApiVersion { get; init; } = ApiPaths.Version;

    public string Kind { get; init; } = "VmArgs";
}
