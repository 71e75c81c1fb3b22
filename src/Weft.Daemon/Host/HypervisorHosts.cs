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

    /// <param name="told">What somebody has said goes before what is found.</param>
    public static HypervisorHost Read(HypervisorHost told) =>
        told with { FreeHugeBytes = FreeHugeBytes(MemoryInfo()), Qemu = told.Qemu ?? QemuVersion.Of(Said()) };

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

    private static string Said()
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
