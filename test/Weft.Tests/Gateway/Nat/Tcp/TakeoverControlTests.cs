using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>The same kills with stored sequence numbers must break conversations, or the takeover tests are too weak.</summary>
public sealed class TakeoverControlTests
{
    [Fact]
    public void Without_kills_stored_numbers_do()
    {
        using var bench = new TcpBench();
        Assert.Null(Play(bench, 0));
    }

    [Fact]
    public void With_kills_between_call_and_note_they_corrupt_or_stall()
    {
        int kills = 0;
        int broken = 0;
        int wrongBytes = 0;
        for (int call = 1; call < 1000; call++)
        {
            using var bench = new TcpBench();
            string? wrong = Play(bench, call);
            if (bench.Kills == 0)
            {
                break;
            }
            kills++;
            broken += wrong is null ? 0 : 1;
            wrongBytes += wrong?.Contains("wrong byte", StringComparison.Ordinal) == true || wrong?.Contains("never sent", StringComparison.Ordinal) == true ? 1 : 0;
        }
        Assert.InRange(broken, 5, kills / 2);
        Assert.True(wrongBytes > 0, $"{broken} of {kills} broke, none by wrong bytes");
    }

    private static string? Play(TcpBench bench, int killAfter)
    {
        var notes = new Dictionary<KernelSocket, StoringSockets.Note>();
        bench.Decorate = host => new StoringSockets(host, notes);
        bench.Kill();
        if (killAfter > 0)
        {
            bench.Host.Seam.KillAfter(killAfter);
        }
        int births = bench.Kills;
        string? result = new Conversation(bench, Closing.GuestFirst).Play(limit: 5_000_000);
        bench.ForgetKills(births);
        return result;
    }
}
