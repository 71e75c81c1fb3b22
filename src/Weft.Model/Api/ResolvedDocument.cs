namespace Weft.Model.Api;

/// <summary>One address of a name.</summary>
/// <param name="Name">Whole: "alpha.lab.weft.internal".</param>
/// <param name="Source">Who gave the name: router, static, vm or learned.</param>
/// <param name="Forwards">Ports of the host that lead to it.</param>
public sealed record ResolvedDocument(string Name, string Address, string Network, string Source, ForwardDocument[] Forwards);
