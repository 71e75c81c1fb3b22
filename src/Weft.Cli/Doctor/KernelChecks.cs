using System.Globalization;

namespace Weft.Cli.Doctor;

/// <summary>The kernel, and what this user may ask of it.</summary>
internal static class KernelChecks
{
    /// <summary>The oldest long-term kernel that Weft is meant for.</summary>
    private static readonly Version Floor = new(5, 10);

    /// <summary>SO_PEEK_OFF of TCP.</summary>
    private static readonly Version PeekOffset = new(6, 9);

    private const long FewDescriptors = 4096;
    private const long ManyDescriptors = 65_536;

    public static IEnumerable<Finding> Of(HostFacts facts) => [Release(facts), Descriptors(facts), Ping(facts)];

    /// <summary>The soft and the hard limit of open files; −1 for unlimited.</summary>
    public static (long Soft, long Hard)? OpenFiles(string limits)
    {
        string? line = limits.Split('\n').FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        string[] words = line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length < 2 ? null : (Number(words[0]), Number(words[1]));
    }

    private static Finding Release(HostFacts facts)
    {
        string number = new([.. facts.Kernel.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')]);
        if (!Version.TryParse(number.TrimEnd('.'), out Version? release))
        {
            return Finding.Poor("kernel", $"'{facts.Kernel}' is no release that is known here", "uname -r");
        }
        return release < Floor ? Finding.Bad("kernel", $"{facts.Kernel} is older than {Floor}, which Weft needs", "uname -r; then start a newer kernel")
            : release < PeekOffset ? Finding.Good("kernel", $"{facts.Kernel}; from {PeekOffset} on, resending to guests would cost less")
            : Finding.Good("kernel", facts.Kernel);
    }

    /// <summary>Each flow to the outside is a socket, which the keeper holds a second time.</summary>
    private static Finding Descriptors(HostFacts facts)
    {
        if (OpenFiles(facts.Limits) is not var (soft, hard))
        {
            return Finding.Poor("descriptors", "the limit of open files is not known", "ulimit -n");
        }
        string text = $"open files: {Word(soft)}, at most {Word(hard)}";
        return hard is >= 0 and < FewDescriptors
            ? Finding.Bad("descriptors", $"{text}: too few, each connection to the outside takes one", "ulimit -n 65536 && weft up")
            : hard is >= 0 and < ManyDescriptors
            ? Finding.Poor("descriptors", $"{text}: enough for about {hard - 1000} connections to the outside", "ulimit -n 65536 && weft up")
            : Finding.Good("descriptors", text);
    }

    private static Finding Ping(HostFacts facts) => Model.PingGroups.Allows(facts.PingRange, facts.Status)
        ? Finding.Good("ping", "guests may ping the outside (net.ipv4.ping_group_range)")
        : Finding.Bad("ping", $"guests cannot ping the outside: no group of this user is in net.ipv4.ping_group_range ({facts.PingRange.Trim().Replace('\t', ' ')})",
            "sudo sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"");

    private static long Number(string word) => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : -1;

    private static string Word(long limit) => limit < 0 ? "unlimited" : limit.ToString(CultureInfo.InvariantCulture);
}
