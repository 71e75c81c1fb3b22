namespace Weft.Model.Attaching;

/// <summary>What QEMU says about itself.</summary>
public static class QemuVersion
{
    /// <summary>Of "QEMU emulator version 7.2.22 (Debian …)"; null when it says something else.</summary>
    public static Version? Of(string said)
    {
        string[] words = said.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        int at = Array.IndexOf(words, "version");
        return at >= 0 && at + 1 < words.Length && Version.TryParse(words[at + 1], out Version? version) ? version : null;
    }
}
