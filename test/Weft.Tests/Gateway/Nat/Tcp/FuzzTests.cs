using Weft.Engine;
using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>A guest that says anything at all about an open flow, in the neighbourhood of what is true.</summary>
public sealed class FuzzTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void Nothing_that_a_guest_says_throws_or_draws_more_than_its_window(int seed, bool killed)
    {
        const int Segments = 100_000;
        var random = new Random(seed);
        using var bench = new TcpBench(seed);
        bench.World.Serve(TcpBench.Server, () => new AnsweringPeer(question: 0, answer: 400_000));
        bench.ToGuest.Loses = _ => true;
        for (int sent = 0; sent < Segments;)
        {
            var line = new FuzzedLine(bench, random);
            for (int i = 0; i < 40 && sent < Segments; i++)
            {
                for (int burst = random.Next(1, 64); burst > 0; burst--, sent++)
                {
                    line.Say();
                }
                bench.Run(random.Next(1, 3_000));
                if (killed && random.Next(50) == 0)
                {
                    bench.Kill();
                }
            }
            line.Hang();
        }
        Assert.Empty(bench.Violations);
        bench.ToHost.IsCut = true;
        Assert.True(bench.RunUntil(() => bench.Table.Count == 0, 20_000_000_000));
        bench.AssertNothingLeft();
    }
}
