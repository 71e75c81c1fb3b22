using System.Net;
using System.Net.Sockets;
using Weft.Engine.State;
using Xunit.Abstractions;

namespace Weft.Lab.Survival;

/// <summary>The worker dies before, then after, each single system call that a TCP conversation costs; every conversation succeeds.</summary>
public sealed class SeamKillScene(ITestOutputHelper output)
{
    private const int GuestPort = 7000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Calls may still come after both ends have parted; only a while without a kill ends the row.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(Tier.Of(50, 250));

    [Scene(Needs.Tap)]
    public Task A_conversation_of_the_guest_survives_a_kill_at_every_call() => EveryCallAsync(inbound: false);

    [Scene(Needs.Tap)]
    public Task A_conversation_through_a_forward_survives_a_kill_at_every_call() => EveryCallAsync(inbound: true);

    private async Task EveryCallAsync(bool inbound)
    {
        await using Stage stage = await Stage.UpAsync(serve: false);
        await using Answerer answerer = new(IPAddress.Loopback);
        Tool tool = Tool.In(stage.Lab.Guest, $"survival talk {GuestPort}");
        Assert.Equal("there", await tool.NextAsync(Limit));
        foreach (FaultKind kind in (FaultKind[])[FaultKind.KillBefore, FaultKind.KillAfter])
        {
            foreach (bool diallerParts in (bool[])[true, false])
            {
                Func<Task<string>> talk = inbound
                    ? () => InboundAsync(stage, tool, diallerParts)
                    : () => OutboundAsync(stage, tool, answerer, diallerParts);
                output.WriteLine($"{kind}, {(diallerParts ? "dialler" : "answerer")} parts first: {await RowAsync(stage, kind, talk)}");
            }
        }
    }

    /// <summary>n = 1, 2, 3 …; in the sample tier some of these. Ends with the first conversation that nobody was killed in.</summary>
    private static async Task<string> RowAsync(Stage stage, FaultKind kind, Func<Task<string>> talk)
    {
        Random random = new((int)kind);
        int kills = 0;
        for (uint call = 1; ; call += Tier.IsLong ? 1u : (uint)random.Next(1, 30))
        {
            uint life = stage.Workers.Status.Generation;
            await stage.Workers.ArmAsync(new FaultRecord { Kind = kind, AtCall = call });
            string went = await talk();
            Assert.True(went == "right", went == "right" ? "" : await Diagnosis.OfAsync(stage.Lab, [$"{kind} at call {call}: {went}"]));
            await Task.Delay(Settled);
            if (stage.Workers.Status.Generation == life && stage.Workers.IsServing && await stage.Workers.ArmAsync(default))
            {
                return $"{kills} kills, the last call was {call - 1}";
            }

            kills++;
            await stage.Workers.ServesAsync(life);
        }
    }

    private static async Task<string> OutboundAsync(Stage stage, Tool tool, Answerer answerer, bool diallerParts)
    {
        tool.Say($"{stage.Lab.Gateway} {answerer.Port} {diallerParts}");
        string? dialled = await tool.NextAsync(Limit);
        if (dialled != "dialled right")
        {
            return dialled ?? "the tool has ended";
        }

        using CancellationTokenSource late = new(Limit);
        string answered = await answerer.Lines.ReadAsync(late.Token);
        return answered == "right" ? answered : $"answered {answered}";
    }

    private static async Task<string> InboundAsync(Stage stage, Tool tool, bool diallerParts)
    {
        using CancellationTokenSource late = new(Limit);
        try
        {
            await Conversation.DialAsync(stage.Forward, diallerParts, late.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            return $"dialled {e.Message}";
        }

        string? answered = await tool.NextAsync(Limit);
        return answered == "answered right" ? "right" : answered ?? "the tool has ended";
    }
}
