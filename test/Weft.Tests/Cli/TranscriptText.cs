using System.Text.RegularExpressions;

namespace Weft.Tests.Cli;

/// <summary>
/// Theory. The text of a transcript, as it is read and as it is written:
///   ## …                     a remark; what is known to happen under this remark happens
///   $ cat >NAME &lt;&lt;END …END   a file of the folder in which all is typed; one that begins with #! can be executed
///   $ weft … | head -N       a command, and under it its output, its errors, and its exit code in brackets when that is not 0
/// What moves from run to run stands there by its form.
/// </summary>
internal static partial class TranscriptText
{
    public const string Remark = "## ";
    public const string File = "$ cat >";
    public const string Command = "$ weft";
    private const string EndOfFile = "END";

    private static readonly (Regex What, string Form)[] Moving =
    [
        (Stamp(), "YYYY-MM-DDTHH:MM:SSZ"), (Clock(), "HH:MM:SS.mmm"), (Duration(), "HH:MM:SS"), (Age(), "AGE  "), (Version(), "${name}N.N.N"),
        (Pid(), "${name}PID"), (Number(), "${name}N"), (Servers(), "${name}SERVERS"), (Kernel(), "${name}RELEASE"), (CaptureSize(), "N bytes to "), (OfQemu(), ""),
    ];

    /// <summary>Remarks, files and commands, without what is printed.</summary>
    public static List<string> Steps(string text)
    {
        List<string> steps = [];
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith(File, StringComparison.Ordinal))
            {
                int end = Array.IndexOf(lines, EndOfFile, i);
                steps.Add(string.Join('\n', lines[i..(end + 1)]));
                i = end;
            }
            else if (lines[i].StartsWith(Command, StringComparison.Ordinal) || lines[i].StartsWith(Remark, StringComparison.Ordinal))
            {
                steps.Add(lines[i]);
            }
        }
        return steps;
    }

    /// <summary>Writes the file of a step into the folder.</summary>
    public static void WriteFile(string step, string folder)
    {
        string[] lines = step.Split('\n');
        string path = Path.Combine(folder, lines[0][File.Length..].Split(' ')[0]);
        System.IO.File.WriteAllText(path, string.Concat(lines[1..^1].Select(line => line + "\n")));
        if (lines[1].StartsWith("#!", StringComparison.Ordinal))
        {
            System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>The words behind "weft", up to what only a shell knows.</summary>
    public static string[] Words(string step) =>
        [.. Word().Matches(step[Command.Length..].Split(" | ")[0]).Select(m => m.Value.Replace("'", ""))];

    /// <summary>What is printed, cut as "| head -N" cuts it.</summary>
    public static string Cut(string step, string printed) => Head().Match(step) is { Success: true } head
        ? string.Concat(printed.Split('\n').SkipLast(1).Take(int.Parse(head.Groups[1].ValueSpan)).Select(line => line + "\n"))
        : printed;

    public static string Still(string printed, string home, string folder) => Moving.Aggregate(
        printed.Replace($"--home {home} ", "").Replace(home, "HOME").Replace(folder, "FOLDER"), (text, moving) => moving.What.Replace(text, moving.Form));

    [GeneratedRegex("(?:'[^']*'|[^ '])+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\| head -(\d+)$")]
    private static partial Regex Head();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")]
    private static partial Regex Stamp();

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d{3}", RegexOptions.Multiline)]
    private static partial Regex Clock();

    [GeneratedRegex(@"\b\d\d:\d\d:\d\d\b(?!:)(?<!:\d\d:\d\d:\d\d)")]
    private static partial Regex Duration();

    [GeneratedRegex(@"(?:just now|\d+ s ago) +")]
    private static partial Regex Age();

    [GeneratedRegex(@"(?<name>weft |Weft |""version"": ?"")\d+\.\d+\.\d+")]
    private static partial Regex Version();

    [GeneratedRegex(@"(?<name>""(?:pid|daemonPid)"": ?|\b(?:pid |worker |keeper |weftd\[))\d+")]
    private static partial Regex Pid();

    /// <summary>Seconds, and what the memory of a process comes to.</summary>
    [GeneratedRegex(@"(?<name>""(?:seconds|uptimeSeconds|[a-zA-Z]*ResidentBytes|residentBytes)"": ?)[\d.E+-]+")]
    private static partial Regex Number();

    [GeneratedRegex(@"(?<name>kernel: )\S+")]
    private static partial Regex Kernel();

    /// <summary>A capture begins with the version of what wrote it.</summary>
    [GeneratedRegex(@"\d+ bytes to ")]
    private static partial Regex CaptureSize();

    /// <summary>Of the host's resolv.conf.</summary>
    [GeneratedRegex(@"(?<name>dns → |""dnsUpstreams"": )(?:\[[^\]]*\]|[\d.]+(?:, [\d.]+)*)")]
    private static partial Regex Servers();

    /// <summary>What QEMU gets, or is said of it, by its version and by the huge pages that this host has.</summary>
    [GeneratedRegex(@",hugetlb=on|,vectors=0|,reconnect(?:-ms)?=\d+|^# (?:vectors=0:|QEMU [\d.]+ connects) [^\n]*\n|^<!-- QEMU before (?s:.*?)-->\n", RegexOptions.Multiline)]
    private static partial Regex OfQemu();
}
