using System.Net;

namespace Weft.Model.Planning;

/// <summary>One forward as the worker opens it.</summary>
/// <param name="Network">Name of the <see cref="PlaneNetwork"/> that it leads into.</param>
/// <param name="Target">The guest's address; null: the one that <paramref name="Guest"/> has leased.</param>
public sealed record PlaneForward(ForwardProtocol Protocol, IPAddress Listen, ushort HostPort, string Network, IPAddress? Target,
    string Guest, ushort GuestPort)
{
    public string Key => ToForward().Key;

    /// <summary>The declared form of it.</summary>
    public Forward ToForward() => new(Listen, HostPort, Target?.ToString() ?? Guest, GuestPort, Protocol);
}
