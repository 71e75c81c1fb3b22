using System.Net;

namespace Weft.Model.Planning;

/// <summary>One static name as the worker's routers answer it.</summary>
/// <param name="Network">The declared network, whose routers all know it: in mode nat each NIC has one.</param>
public sealed record PlaneName(string Network, string Name, Items<IPAddress> Addresses)
{
    public string Key => $"{Network}/{Name}";
}
