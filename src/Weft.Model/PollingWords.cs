namespace Weft.Model;

/// <summary>The words for <see cref="Polling"/>, as files have them.</summary>
public static class PollingWords
{
    public static readonly string[] All = ["balanced", "latency", "power"];

    public static string Word(this Polling polling) => All[(int)polling];

    public static bool TryParse(string word, out Polling polling)
    {
        int index = Array.IndexOf(All, word);
        polling = (Polling)Math.Max(0, index);
        return index >= 0;
    }
}
