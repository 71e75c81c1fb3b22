using Weft.Wire;

namespace Weft.Linux.Taps;

/// <summary>A TAP to be made: where, and what it looks like from inside.</summary>
/// <param name="Name">Interface name, at most 15 bytes.</param>
public sealed record TapRequest(string Name)
{
    /// <summary>Path of a network namespace (/run/netns/x, /proc/123/ns/net); null = this process's own.</summary>
    public string? Namespace { get; init; }

    /// <summary>The interface's own address, which is the guest's; zero = the kernel's choice.</summary>
    public MacAddress Mac { get; init; }

    /// <summary>0 = as it comes (1500).</summary>
    public int Mtu { get; init; }

    /// <summary>Bring the interface up.</summary>
    public bool Up { get; init; } = true;

    /// <summary>Frames carry a virtio-net header, and offloads are on.</summary>
    public bool VirtioHeader { get; init; } = true;

    /// <summary>The namespace of a process.</summary>
    public static string NamespaceOf(int pid) => $"/proc/{pid}/ns/net";
}
