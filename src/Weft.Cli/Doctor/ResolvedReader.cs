namespace Weft.Cli.Doctor;

/// <summary>What systemd-resolved was told: its file and the drop-ins of each folder (resolved.conf(5)), where it runs.</summary>
internal static class ResolvedReader
{
    private static readonly string[] Places = ["/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd"];

    /// <param name="root">In front of every path; tests have their own.</param>
    /// <returns>Null: no systemd-resolved runs here.</returns>
    public static string? Read(string root) => !Directory.Exists($"{root}/run/systemd/resolve") ? null
        : string.Concat(Places.SelectMany(place => Files($"{root}{place}")).Select(file => HostReader.Text(file) + "\n"));

    private static IEnumerable<string> Files(string place) => Directory.Exists($"{place}/resolved.conf.d")
        ? Directory.EnumerateFiles($"{place}/resolved.conf.d", "*.conf").Order(StringComparer.Ordinal).Prepend($"{place}/resolved.conf")
        : [$"{place}/resolved.conf"];
}
