using System.Text.RegularExpressions;

namespace Weft.Lab.Vhost;

/// <summary>What a process holds, as text that can be compared: open descriptors by what they lead to, and mappings file.</summary>
internal static partial class Holdings
{
    /// <summary>One kind in a line, with its number. What the runtime opens and maps for itself comes and goes, and is left out.</summary>
    public static string Of(int pid)
    {
        IEnumerable<string> descriptors = Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd")
            .Select(file => new FileInfo(file).LinkTarget).OfType<string>();
        IEnumerable<string> mappings = File.ReadLines($"/proc/{pid}/maps")
            .Select(line => line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length == 6 && words[1].EndsWith('s')).Select(words => $"mapped {words[5]}");
        return string.Join('\n', descriptors.Concat(mappings).Where(what => !IsRuntimes(what))
            .CountBy(what => Number().Replace(what, "#")).Select(kind => $"{kind.Value} {kind.Key}").Order(StringComparer.Ordinal));
    }

    /// <summary>Mappings of every kind.</summary>
    public static int MappingsOf(int pid) => File.ReadLines($"/proc/{pid}/maps").Count();

    private static bool IsRuntimes(string what) => what.Contains("/memfd:doublemapper") || what.EndsWith(".dll", StringComparison.Ordinal);

    /// <summary>Inodes, and the random part of the names of files that were deleted.</summary>
    [GeneratedRegex(@"(?<=\[)\d+(?=\])|(?<=vm_file-)\w+")]
    private static partial Regex Number();
}
