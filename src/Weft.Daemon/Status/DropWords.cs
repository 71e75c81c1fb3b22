using System.Text;
using Weft.Engine;

namespace Weft.Daemon.Status;

/// <summary>Drop reasons as the status writes them: NoCarrier is "no-carrier".</summary>
internal static class DropWords
{
    private static readonly string[] Words = [.. Enumerable.Range(0, (int)DropReason.Count).Select(i => Kebab(((DropReason)i).ToString()))];

    public static string Of(DropReason reason) => Words[(int)reason];

    private static string Kebab(string name)
    {
        StringBuilder word = new();
        foreach (char c in name)
        {
            if (char.IsUpper(c) && word.Length > 0)
            {
                word.Append('-');
            }
            word.Append(char.ToLowerInvariant(c));
        }
        return word.ToString();
    }
}
