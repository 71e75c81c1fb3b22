namespace Weft.Model.Api;

/// <summary>The names of everything that a command may name, for completion.</summary>
public sealed record NameDocument(string[] Networks, string[] Vms, string[] Nics, string[] Forwards)
{
    /// <summary>Static names of all networks.</summary>
    public string[] Static { get; init; } = [];

    /// <summary>Names that have an address.</summary>
    public string[] Hosts { get; init; } = [];
}
