using Weft.Cli.Demo;
using Weft.Engine.State;
using Weft.Lab.Guests;
using Weft.Lab.Survival;
using Weft.Model.Api;
using Xunit.Abstractions;

namespace Weft.Lab.Qemu;

/// <summary>
/// The worker dies before, then after, the n-th system call from now, under a transfer: in the middle of reads and sends. A
/// QEMU that never connects again is at the other end, so a stream that is cut or goes astray once ends all that follows.
/// </summary>
public sealed class QemuWireKillScene(ITestOutputHelper output)
{
    private const long Bytes = 256L << 20;
    private const int Calls = 24;

    [Scenes(Needs.Qemu), InlineData("unix"), InlineData("tcp"), InlineData("dgram"), Trait("Tier", "long")]
    public async Task A_transfer_survives_a_kill_at_every_call(string wire)
    {
        await using DemoWebServer server = new(Bytes);
        await using WeftHome home = new();
        QemuWire way = QemuWire.Of(wire);
        await home.ApplyAsync(way.Topology(home));
        PortDocument port = (await home.StatusAsync()).Networks.Single().Ports.Single();
        QemuGuest alpha = await home.BootQemuAsync("alpha", way.LinesAt(port));
        string gateway = (await alpha.Lease).Gateway;
        using WorkerWatch workers = await WorkerWatch.OpenAsync(home.Home);

        Task<string> fetch = alpha.FetchAsync(gateway, server, seconds: 1200);
        int kills = 0;
        foreach (FaultKind kind in (FaultKind[])[FaultKind.KillBefore, FaultKind.KillAfter])
        {
            for (uint call = 1; call <= Calls && !fetch.IsCompleted; call++)
            {
                long sent = server.PatternSent;
                await Eventually.Async(() => server.PatternSent > sent || fetch.IsCompleted, $"the transfer to go on after {kills} kills");
                uint life = workers.Status.Generation;
                await workers.ArmAsync(new FaultRecord { Kind = kind, AtCall = call });
                await workers.ServesAsync(life);
                kills++;
            }
        }

        output.WriteLine($"{wire}: {kills} kills in {server.PatternSent >> 20} of {Bytes >> 20} MiB");
        Assert.Equal(PatternStream.Hash(DemoWebServer.Seed, Bytes), await fetch);
        Assert.InRange(kills, Calls, 2 * Calls);
        PortDocument last = (await home.StatusAsync()).Networks.Single().Ports.Single();
        Assert.DoesNotContain("half-sent", last.DropsByReason.Keys);
        Assert.DoesNotContain("bad-length", last.DropsByReason.Keys);
        await alpha.PingAsync(gateway);
    }
}
