namespace Weft.Model.Attaching;

/// <summary>
/// What a command of QEMU says. Options stand behind one '-' or two. Several -m and several -machine are merged by QEMU, the
/// later value of a key wins: so a memory backend of ours goes with a machine of the owner's, if its size is that of -m.
/// </summary>
internal static class QemuCommand
{
    /// <summary>What QEMU gives a PC without -m.</summary>
    private const long DefaultMemory = 128L << 20;

    private const string Backend = "memory-backend=";

    public static HypervisorHost Told(IReadOnlyList<string> words) =>
        new(0, null) { Memory = MemoryOf(words), Accelerated = IsAccelerated(words) };

    /// <summary>An owner who names a memory backend keeps it; of ours nothing is added then.</summary>
    public static string[] With(IReadOnlyList<string> words, string[] arguments)
    {
        bool own = Values(words, "machine", "M").Any(v => v.Contains(Backend, StringComparison.Ordinal)) ||
            Values(words, "numa").Any(v => v.Contains("memdev=", StringComparison.Ordinal));
        return [.. words, .. own ? WithoutMemory(arguments) : arguments];
    }

    private static IEnumerable<string> WithoutMemory(string[] arguments) => arguments.Chunk(2)
        .Where(pair => !pair[^1].StartsWith(Backend, StringComparison.Ordinal) && !pair[^1].StartsWith("memory-backend-", StringComparison.Ordinal))
        .SelectMany(pair => pair);

    /// <summary>What QEMU will not understand is left for QEMU to refuse.</summary>
    private static long MemoryOf(IReadOnlyList<string> words)
    {
        long memory = DefaultMemory;
        foreach (string part in Values(words, "m").SelectMany(v => v.Split(',').Select((part, i) => i == 0 && !part.Contains('=') ? $"size={part}" : part)))
        {
            if (part.StartsWith("size=", StringComparison.Ordinal) && MemorySize.TryParse(part["size=".Length..], 'M', out long size))
            {
                memory = size;
            }
        }
        return memory;
    }

    /// <summary>Null: KVM if it can be had.</summary>
    private static bool? IsAccelerated(IReadOnlyList<string> words)
    {
        string[] asked =
        [
            .. words.Take(1).Where(w => w.EndsWith("kvm", StringComparison.Ordinal)).Select(_ => "kvm"),
            .. words.Where(w => w.TrimStart('-') == "enable-kvm" && w[0] == '-').Select(_ => "kvm"),
            .. Values(words, "accel").Select(v => v.Split(',')[0].Replace("accel=", "", StringComparison.Ordinal)),
            .. Values(words, "machine", "M").SelectMany(v => v.Split(',')).Where(p => p.StartsWith("accel=", StringComparison.Ordinal))
                .SelectMany(p => p["accel=".Length..].Split(':')),
        ];
        return asked.Length == 0 ? false : asked.All(a => a == "kvm") ? true : asked.Contains("kvm") ? null : false;
    }

    private static IEnumerable<string> Values(IReadOnlyList<string> words, params string[] options)
    {
        for (int i = 1; i + 1 < words.Count; i++)
        {
            if (words[i].StartsWith('-') && options.Contains(words[i][(words[i].StartsWith("--", StringComparison.Ordinal) ? 2 : 1)..]))
            {
                yield return words[++i];
            }
        }
    }
}
