using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Doctor;

/// <summary>What somebody who helps wants to see, in one file: every text redacted, nothing binary, nothing of guests' traffic.</summary>
internal static class Bundle
{
    /// <summary>Of each log, its end.</summary>
    private const int MostOfALog = 256 * 1024;

    private static readonly string[] Kinds = ["networks", "vms", "forwards", "subnets"];

    /// <summary>Writes the file and returns the names and sizes of what is in it.</summary>
    public static IReadOnlyList<(string Name, int Bytes)> Write(string path, IEnumerable<(string Name, string Text)> parts, Redactor redactor)
    {
        List<(string, int)> written = [];
        using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write);
        using GZipStream zipped = new(file, CompressionLevel.Optimal);
        using TarWriter tar = new(zipped, TarEntryFormat.Ustar);
        foreach ((string name, string text) in parts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(redactor.Redact(text));
            using MemoryStream content = new(bytes);
            // No owner, no time of this host.
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, redactor.Redact(name)) { DataStream = content, ModificationTime = DateTimeOffset.UnixEpoch });
            written.Add((redactor.Redact(name), bytes.Length));
        }
        return written;
    }

    public static IEnumerable<(string Name, string Text)> Parts(HomeFolder home, HostFacts facts, Checkup checkup)
    {
        yield return ("doctor.json", JsonSerializer.Serialize(checkup, DoctorJson.Default.Checkup));
        if (facts.Running is { } status)
        {
            yield return ("status.json", JsonSerializer.Serialize(status, ApiJson.Default.StatusDocument));
        }
        yield return ("host.txt", Host(facts));
        foreach (string log in Files(home.Run, "*.log"))
        {
            string text = HostReader.Text(log);
            yield return ($"run/{Path.GetFileName(log)}", text.Length > MostOfALog ? text[^MostOfALog..] : text);
        }
        foreach (string kind in Kinds)
        {
            foreach (string item in Files($"{home.State}/{kind}", "*.json"))
            {
                yield return ($"state/{kind}/{Path.GetFileName(item)}", HostReader.Text(item));
            }
        }
    }

    /// <summary>Names of this host's users, homes and of the host itself.</summary>
    public static Redactor RedactorOfHost()
    {
        string[][] people = [.. HostReader.Text("/etc/passwd").Split('\n').Select(l => l.Split(':'))
            .Where(w => w.Length >= 6 && int.TryParse(w[2], out int id) && id is >= 1000 and < 60_000)];
        string host = Environment.MachineName;
        string[] domains = [.. HostReader.Text("/etc/resolv.conf").Split('\n').Select(l => l.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .Where(w => w.Length >= 2 && w[0] is "search" or "domain").SelectMany(w => w[1..]).Where(d => d.Contains('.'))];
        return new Redactor([.. people.Select(w => w[0]), Environment.UserName],
            [.. people.Select(w => w[5]), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)],
            [host, host.Split('.')[0], HostReader.Text("/etc/hostname").Trim(), .. domains]);
    }

    private static string Host(HostFacts facts)
    {
        StringBuilder text = new();
        text.Append("kernel ").Append(facts.Kernel).Append('\n');
        text.Append("os-release\n").Append(HostReader.Text("/etc/os-release")).Append('\n');
        text.Append("weft ").Append(facts.Version).Append(' ').Append(facts.Executable).Append('\n');
        text.Append("limits\n").Append(facts.Limits).Append('\n');
        text.Append("memory\n").Append(facts.Memory).Append('\n');
        text.Append("ping_group_range ").Append(facts.PingRange).Append('\n');
        text.Append("routes\n").AppendJoin('\n', facts.Routes).Append('\n');
        text.Append("resolv.conf\n").Append(facts.ResolvConf).Append('\n');
        text.Append("cpu ").Append(Environment.ProcessorCount).Append('\n');
        return text.ToString();
    }

    private static string[] Files(string folder, string pattern) =>
        Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal)] : [];
}
