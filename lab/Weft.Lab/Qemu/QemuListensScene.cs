using Weft.Cli.Demo;
using Weft.Lab.Guests;

namespace Weft.Lab.Qemu;

/// <summary>The other way round: QEMU listens at the socket and Weft dials, again and again until somebody is there.</summary>
public sealed class QemuListensScene
{
    private const long Bytes = 32 << 20;
    private const double Redial = 10;

    [Scene(Needs.Qemu), Trait("Tier", "long")]
    public async Task Weft_finds_each_QEMU_that_listens()
    {
        await using DemoWebServer server = new(Bytes);
        await using WeftHome home = new();
        await home.ApplyAsync($"networks: {{ lab: nat-network }}\nvms: {{ alpha: [{{ net: lab, vhost-user: {{ role: client, socket: {home.Folder.File("alpha.sock")} }} }}] }}\n");
        for (int life = 0; life < 2; life++)
        {
            await using QemuGuest alpha = await home.BootQemuAsync("alpha");
            GuestLease lease = await alpha.Lease;
            Assert.Equal(PatternStream.Hash(DemoWebServer.Seed, Bytes), await alpha.FetchAsync(lease.Gateway, server));
        }

        // The third one has its cable pulled, and the worker that dialled it killed.
        QemuGuest last = await home.BootQemuAsync("alpha");
        string gateway = (await last.Lease).Gateway;
        await home.Weft.RunAsync("nic", "unplug", "alpha:1");
        await last.CarrierAsync(on: false);
        await home.Weft.RunAsync("nic", "plug", "alpha:1");
        await last.CarrierAsync(on: true, Redial);
        Task<string> fetch = last.FetchAsync(gateway, server);
        await home.KillWorkerAsync();
        Assert.Equal(PatternStream.Hash(DemoWebServer.Seed, Bytes), await fetch);
    }
}
