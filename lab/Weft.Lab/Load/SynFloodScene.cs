using System.Net;
using Weft.Model.Api;
using Xunit.Abstractions;

namespace Weft.Lab.Load;

/// <summary>A guest that knocks where nobody answers reaches its cap of half-open connections, and costs no other guest one.</summary>
public sealed class SynFloodScene(ITestOutputHelper said)
{
    private const int HalfOpenLimit = 128;
    private const int First = 20_000;
    private const string Counted = "half-open-limit";

    [Scene(Needs.Tap | Needs.Root)]
    public async Task By_its_own_kernel()
    {
        await using LoadStage stage = await LoadStage.UpAsync(guests: 2);
        await using LoadProcess echo = await LoadProcess.ServeAsync(stage.Host, $"127.0.0.1 {First} 20");
        await using LoadProcess flood = LoadProcess.Start(stage.Guest, "knock 192.0.2 200 10");
        Assert.Equal("knocked", await flood.SaysAsync());
        await stage.UntilAsync(s => s.Networks.Sum(n => n.DropsByReason.GetValueOrDefault(Counted)) > 0, Counted);

        await TheOtherGuestConnects(stage, guest: 1, LoadTier.Pick(300, 2000));
        Assert.InRange((await stage.StatusAsync()).Flows.Tcp, HalfOpenLimit, HalfOpenLimit + 24);
    }

    [Scene(Needs.Tap | Needs.Root)]
    public async Task By_frames_of_its_own_making_under_many_addresses()
    {
        await using LoadStage stage = await LoadStage.UpAsync(raw: 1);
        await using LoadProcess echo = await LoadProcess.ServeAsync(stage.Host, $"127.0.0.1 {First} 20");
        StatusDocument status = await stage.StatusAsync();
        using RawPort raw = new(status, "raw1:1");
        byte[] gateway = stage.GatewayMac();
        uint net = (uint)IPAddress.NetworkToHostOrder(BitConverter.ToInt32(IPAddress.Parse(stage.Gateway).GetAddressBytes())) & 0xffff_ff00;
        using CancellationTokenSource end = new();
        int worker = status.Worker.Pid;
        Task<long> flood = Task.Run(() => Flood(raw, gateway, net, end.Token));

        await TheOtherGuestConnects(stage, guest: 0, LoadTier.Pick(300, 2000));
        await end.CancelAsync();
        StatusDocument after = await stage.StatusAsync();
        said.WriteLine($"{await flood} SYNs under many addresses: {after.Flows.Tcp} half open, worker and keeper hold {Footprint.Of(worker).Descriptors} and {Footprint.Of(stage.Keeper).Descriptors} descriptors");
        Assert.InRange(after.Flows.Tcp, HalfOpenLimit, (2 * HalfOpenLimit) + 24);
        Assert.Equal((worker, 0), (after.Worker.Pid, after.Worker.Restarts));
    }

    private async Task TheOtherGuestConnects(LoadStage stage, int guest, int count)
    {
        await using LoadProcess churn = LoadProcess.Start(stage.Guests[guest], $"churn {stage.Gateway} {First} 20 {count}");
        ConnectionReport report = ConnectionReport.Parse(await churn.SaysAsync());
        said.WriteLine($"the other guest under the flood: {report}");
        Assert.Equal((count, 0), (report.Right, report.Failed));
    }

    /// <summary>Sources from the upper half of the network, where no guest lives.</summary>
    private static long Flood(RawPort raw, byte[] gateway, uint net, CancellationToken end)
    {
        Random random = new(5);
        long sent = 0;
        for (; !end.IsCancellationRequested; sent++)
        {
            (uint, uint) addresses = (net | (uint)random.Next(130, 250), 0xc000_0200 | (uint)random.Next(1, 250));
            raw.Send(RawPort.Syn(gateway, raw.Mac, addresses, ((ushort)random.Next(1024, 65_536), (ushort)random.Next(1, 1000))));
            if (sent % 20 == 0)
            {
                Thread.Sleep(1); // 10,000 a second or so: a flood, but this machine's guests want some of it too
            }
        }
        return sent;
    }
}
