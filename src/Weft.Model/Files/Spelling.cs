namespace Weft.Model.Files;

/// <summary>Finds the word that somebody meant: the least edit distance (Levenshtein 1966), when it is small for the word's length.</summary>
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
        int[] row = new int[other.Length + 1];
        for (int j = 0; j <= other.Length; j++)
        {
            row[j] = j;
        }
        for (int i = 1; i <= one.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                int replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.Length];
    }
}
