namespace Weft.Model.Attaching;

/// <summary>What a command of cloud-hypervisor says. Its options stand once each: ours are joined with the owner's.</summary>
internal static class CloudHypervisorCommand
{
    /// <summary>What it gives a guest without --memory.</summary>
    private const long DefaultMemory = 512L << 20;

    public static HypervisorHost Told(IReadOnlyList<string> words) => new(0, null) { Memory = words.Contains("--memory") ? null : DefaultMemory };

    public static string[] With(IReadOnlyList<string> words, string[] arguments)
    {
        List<string> whole = [.. words];
        int memory = whole.IndexOf("--memory") + 1, net = whole.IndexOf("--net") + 1;
        IEnumerable<string> added = arguments;
        if (memory > 0 && memory < whole.Count)
        {
            added = added.SkipWhile(a => a != "--net");
            whole[memory] += whole[memory].Contains("shared=", StringComparison.Ordinal) ? "" : ",shared=on";
        }
        if (net > 0)
        {
            string[] nics = [.. added.SkipWhile(a => a != "--net").Skip(1)];
            added = added.TakeWhile(a => a != "--net");
            whole.InsertRange(net, nics);
        }
        return [.. whole, .. added];
    }
}
