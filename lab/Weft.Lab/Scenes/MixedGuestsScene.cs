using System.Globalization;
using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Lab.Streams;

namespace Weft.Lab.Scenes;

/// <summary>A guest that can send small frames only, beside one behind a TAP that takes large ones.</summary>
public sealed class MixedGuestsScene
{
    private const int Port = 7000;

    [Scene(Needs.Uml | Needs.Tap)]
    public async Task What_one_sends_in_small_pieces_the_other_gets_in_few_large_ones()
    {
        const long Bytes = 32 << 20;
        await using NamespaceGuest large = await NamespaceGuest.CreateAsync();
        await using WeftHome home = await WeftHome.UpAsync($$"""
            networks: { lab: nat-network }
            vms:
              alpha: [{ net: lab, attach: seqpacket }]
              beta: [{ net: lab, attach: tap, tap: { name: wl1, netns: "{{large.Reference}}" } }]
            """);
        string address = (await large.DhcpAsync("wl1")).Address;
        await large.ServeAsync("0.0.0.0", Port);
        UmlGuest small = await home.BootAsync("alpha");
        string file = home.Folder.File("upload");
        await WriteUploadAsync(file, Bytes);

        long sentBefore = await CountAsync(command => small.RunAsync(command), "vec0", field: 10);
        long cameBefore = await CountAsync(command => large.RunAsync(command), "wl1", field: 2);
        GuestResult upload = await small.RunAsync($"busybox nc {address} {Port} <{file} | busybox hexdump -C");
        long sent = await CountAsync(command => small.RunAsync(command), "vec0", field: 10) - sentBefore;
        long came = await CountAsync(command => large.RunAsync(command), "wl1", field: 2) - cameBefore;

        // The server found every byte right: it answers with their number.
        Assert.Contains("00 00 00 02 00 00 00 00", upload.Output);
        Assert.InRange(sent, Bytes / 1500, long.MaxValue);
        // How many come together depends on who runs when; the bench measures that.
        Assert.InRange(came, 1, sent - 1);
    }

    /// <summary>A field of an interface's line in /proc/net/dev: 2 = packets that came, 10 = packets that went.</summary>
    private static async Task<long> CountAsync(Func<string, Task<GuestResult>> run, string nic, int field) =>
        long.Parse((await run($"sed -n 's/^ *{nic}: */{nic} /p' /proc/self/net/dev")).Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)[field], CultureInfo.InvariantCulture);

    /// <summary>What busybox nc sends in the place of our own client: the order, then the pattern.</summary>
    private static async Task WriteUploadAsync(string file, long bytes)
    {
        await using FileStream upload = File.Create(file);
        await upload.WriteAsync(new StreamOrder(Upload: true, bytes, Seed: 7).ToBytes());
        PatternStream pattern = new(7);
        for (byte[] piece = new byte[1 << 20]; pattern.Position < bytes; await upload.WriteAsync(piece))
        {
            pattern.Fill(piece);
        }
    }
}
