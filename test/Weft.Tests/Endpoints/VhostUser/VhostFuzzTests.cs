using System.Globalization;
using Xunit.Abstractions;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>
/// A few seconds of random lies in every run, half an hour in the long tier; WEFT_FUZZ_SECONDS says otherwise, and
/// WEFT_FUZZ_SEED where to begin.
/// </summary>
public sealed class VhostFuzzTests(ITestOutputHelper output)
{
    private const int UsualSeed = 1;

    [Fact]
    public void Random_lies_harm_nobody() => Run(Number("WEFT_FUZZ_SEED") ?? UsualSeed, Number("WEFT_FUZZ_SECONDS") ?? 4);

    [Fact]
    [Trait("Tier", "long")]
    public void Very_many_random_lies_harm_nobody() => Run(Number("WEFT_FUZZ_SEED") ?? Environment.TickCount & int.MaxValue, Number("WEFT_FUZZ_SECONDS") ?? 1800);

    private void Run(int seed, int seconds)
    {
        using VhostFuzz fuzz = new();
        int end = fuzz.Run(seed, TimeSpan.FromSeconds(seconds));
        output.WriteLine($"{fuzz.Executions} executions in {fuzz.Rounds} rounds, seeds {seed} to {end - 1}: {fuzz.Outcome}");
    }

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int number) ? number : null;
}
