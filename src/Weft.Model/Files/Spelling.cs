namespace Weft.Model.Files;

/// <summary>Finds the word that somebody meant: the least edit distance (Levenshtein 1966, with two neighbours
/// swapped as one edit: Damerau 1964), when it is small for the word's length.</summary>
public static class Spelling
{
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        int limit = Math.Max(1, word.Length / 3);
        string? nearest = null;
        foreach (string candidate in candidates)
        {
            int distance = Distance(word, candidate);
            if (distance <= limit && candidate.Length > distance)
            {
                (nearest, limit) = (candidate, distance - 1);
            }
        }
        return nearest;
    }

    /// <summary>"did you mean 'subnet'? " or nothing, ready to stand before a sentence.</summary>
    public static string Suggest(string word, IEnumerable<string> candidates) =>
        Nearest(word, candidates) is { } nearest ? $"did you mean '{nearest}'? " : "";

    public static int Distance(string one, string other)
    {
        int[] before = new int[other.Length + 1];
        int[] above = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 1; i <= one.Length; i++)
        {
            int[] row = new int[other.Length + 1];
            row[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                bool same = one[i - 1] == other[j - 1];
                row[j] = Math.Min(above[j - 1] + (same ? 0 : 1), Math.Min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }
            (before, above) = (above, row);
        }
        return above[other.Length];
    }
}
