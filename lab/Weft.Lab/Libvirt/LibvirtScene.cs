using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Model.Api;

namespace Weft.Lab.Libvirt;

/// <summary>What is printed for libvirt, libvirt takes; and its guest is on the network.</summary>
public sealed class LibvirtScene
{
    [Scenes(Needs.Libvirt | Needs.Qemu | Needs.Uml), Trait("Tier", "ci")]
    [InlineData("attach: vhost-user")]
    [InlineData("stream: ':PORT'")]
    [InlineData("stream: { connect: ':PORT' }")]
    [InlineData("attach: stream")]
    [InlineData("dgram: { local: ':PORT', remote: ':OTHER' }")]
    [InlineData("attach: dgram")]
    public async Task A_guest_of_a_printed_element_talks_to_its_neighbour(string attachment)
    {
        string wire = attachment.Replace("PORT", $"{FreePort.Tcp()}").Replace("OTHER", $"{FreePort.Tcp()}");
        await using WeftHome home = await WeftHome.UpAsync($"networks: {{ lab: nat-network }}\nvms: {{ alpha: [{{ net: lab, {wire} }}], beta: [lab] }}\n");
        await using LibvirtGuest alpha = await LibvirtGuest.StartAsync("alpha", home.Folder.File("libvirt"), await home.Weft.RunAsync("vm", "args", "alpha", "--for", "libvirt"));
        UmlGuest beta = await home.BootAsync("beta");

        PortDocument port = await PortAsync(home);
        for (int look = 0; look < 300 && port.Address is null; look++, port = await PortAsync(home))
        {
            Assert.True(alpha.Runs, alpha.Runs ? "" : await alpha.Said);
            await Task.Delay(200);
        }
        Assert.True(port.Address is not null, home.Logs());
        await beta.PingAsync(port.Address);
    }

    private static async Task<PortDocument> PortAsync(WeftHome home) => (await home.StatusAsync()).Networks.Single().Ports.Single(p => p.Vm == "alpha");
}
