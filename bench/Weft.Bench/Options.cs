namespace Weft.Bench;

/// <param name="Weft">Path of the weft executable.</param>
/// <param name="PeersOnly">Leaves Weft's rows of <c>vhost</c> and <c>guests</c> out.</param>
internal sealed record Options(string Weft, int Rounds, int Seconds, bool PeersOnly, IReadOnlyList<string> Names)
{
    /// <summary>The part that runs in this process alone.</summary>
    public const string Scale = "scale";

    public static Options Parse(string[] args)
    {
        Options options = new(Environment.GetEnvironmentVariable("WEFT") ?? "weft", 3, 3, false, []);
        for (int i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--weft" => options with { Weft = args[++i] },
                "--rounds" => options with { Rounds = int.Parse(args[++i]) },
                "--seconds" => options with { Seconds = int.Parse(args[++i]) },
                "--peers-only" => options with { PeersOnly = true },
                string name => options with { Names = [.. options.Names, name] },
            };
        }
        return options;
    }

    public bool NeedsRoot => Names.Count == 0 || Names.Any(name => name != Scale);

    public bool Wants(string name) => Names.Count == 0 || Names.Contains(name);
}
