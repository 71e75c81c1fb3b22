namespace Weft.Lab.Survival;

/// <summary>So many flows at once, each one checked stream after another. Even flows begin with an upload, odd ones with a download.</summary>
/// <param name="LeastBytes">Each stream carries from so many …</param>
/// <param name="MostBytes">… to so many bytes, drawn anew.</param>
/// <param name="Alternate">A flow's next stream goes the other way; else each flow keeps its direction.</param>
internal readonly record struct LoadOrder(int Flows, long LeastBytes, long MostBytes, bool Alternate, int Seed)
{
    public string Arguments => $"{Flows} {LeastBytes} {MostBytes} {Alternate} {Seed}";

    public static LoadOrder From(ReadOnlySpan<string> words) =>
        new(int.Parse(words[0]), long.Parse(words[1]), long.Parse(words[2]), bool.Parse(words[3]), int.Parse(words[4]));
}
