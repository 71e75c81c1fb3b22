namespace Weft.Bench;

/// <summary>Programs that some rows need; a missing one is told of once.</summary>
internal static class Programs
{
    private static readonly Dictionary<string, bool> _known = [];

    public static bool Has(string program, string package)
    {
        if (!_known.TryGetValue(program, out bool here))
        {
            here = Shell.Run($"command -v {program}", mayFail: true).Length > 0;
            _known[program] = here;
            if (!here)
            {
                Console.WriteLine($"no {program} here: its rows are left out (Debian: apt-get install {package})");
            }
        }
        return here;
    }
}
