using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Weft.Model.Attaching;

namespace Weft.Daemon.Host;

/// <summary>What this host has for a hypervisor: free huge pages from /proc/meminfo (proc(5)), and the version that
/// qemu-system-x86_64 says it is.</summary>
internal static class HypervisorHosts
{
    private const string Qemu = "qemu-system-x86_64";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static HypervisorHost Read() => new(FreeHugeBytes(MemoryInfo()), VersionOf(QemuVersion()));

    /// <summary>Of lines like "HugePages_Free:      512" and "Hugepagesize:       2048 kB".</summary>
    public static long FreeHugeBytes(IEnumerable<string> lines)
    {
        Dictionary<string, long> values = new(StringComparer.Ordinal);
        foreach (string[] words in lines.Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(w => w.Length >= 2))
        {
            _ = long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long value);
            values[words[0]] = value;
        }
        return values.GetValueOrDefault("HugePages_Free:") * values.GetValueOrDefault("Hugepagesize:") * 1024;
    }

    /// <summary>Of "QEMU emulator version 7.2.22 (Debian …)"; null when it says something else.</summary>
    public static Version? VersionOf(string said)
    {
        string[] words = said.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        int at = Array.IndexOf(words, "version");
        return at >= 0 && at + 1 < words.Length && Version.TryParse(words[at + 1], out Version? version) ? version : null;
    }

    private static string[] MemoryInfo()
    {
        try
        {
            return File.ReadAllLines("/proc/meminfo");
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string QemuVersion()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(Qemu, ["--version"]) { RedirectStandardOutput = true })!;
            Task<string> said = process.StandardOutput.ReadToEndAsync();
            if (said.Wait(Patience))
            {
                return said.Result;
            }
            process.Kill();
            return "";
        }
        catch (Exception problem) when (problem is Win32Exception or IOException)
        {
            return "";
        }
    }
}
