using System.Net;
using Weft.Cli.Demo;

namespace Weft.Lab.Scenes;

/// <summary>An internal network: its members and nobody else.</summary>
public sealed class InternalNetworkScene
{
    [Scenes(Needs.Uml), WaysIn]
    public async Task Members_reach_each_other_and_nothing_else(string way)
    {
        await using WeftHome home = await WeftHome.UpAsync($$"""
            networks: { lab: nat-network, quiet: internal }
            vms:
              alpha: [{ net: quiet, attach: {{way}} }]
              beta: [{ net: quiet, attach: {{way}} }]
              gamma: [{ net: lab, attach: seqpacket }]
              delta: [{ net: quiet, attach: seqpacket }]
            """);
        UmlGuest alpha = await home.BootAsync("alpha", "10.9.0.1/24");
        await home.BootAsync("beta", "10.9.0.2/24");
        GuestResult ping = await alpha.RunAsync("busybox ping -c 3 -W 3 10.9.0.2");
        Assert.True(ping.Ok, ping.Output);

        // Somebody who knows an address sits on the other network, and somebody on this one.
        IPAddress known = IPAddress.Parse("10.9.0.1");
        using QuietPlug outside = new(Assert.Single(await home.Weft.UmlNicsAsync("gamma")));
        using QuietPlug inside = new(Assert.Single(await home.Weft.UmlNicsAsync("delta")));
        outside.AskFor(known);
        inside.AskFor(known);
        await Eventually.Async(() => inside.Heard.Any(f => IsArpFrom(f, known)), "alpha's answer to its neighbour");
        Assert.DoesNotContain(outside.Heard, f => IsArpFrom(f, known));
    }

    private static bool IsArpFrom(byte[] frame, IPAddress address) =>
        frame.Length >= 42 && frame[12] == 0x08 && frame[13] == 0x06 && frame.AsSpan(28, 4).SequenceEqual(address.GetAddressBytes());
}
