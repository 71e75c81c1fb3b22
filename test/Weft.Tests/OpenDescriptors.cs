using System.Globalization;

namespace Weft.Tests;

/// <summary>This process's descriptors. Tests run beside each other, so what is counted must be told apart by what it leads to.</summary>
internal static class OpenDescriptors
{
    /// <summary>What a descriptor leads to: a path, or "socket:[inode]"; null when it is closed.</summary>
    public static string? TargetOf(int descriptor) => Target(descriptor.ToString(CultureInfo.InvariantCulture));

    public static int To(string target) => Directory.GetFiles("/proc/self/fd").Count(file => Target(Path.GetFileName(file)) == target);

    private static string? Target(string descriptor) => new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget;
}
