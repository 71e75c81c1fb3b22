using System.Net;
using System.Net.Sockets;
using Weft.Lab.Guests;
using Weft.Lab.Streams;

namespace Weft.Lab.Services;

/// <summary>Forwards come and go while other flows run; the guest sees who called.</summary>
public sealed class ForwardsScene
{
    [Scene(Needs.Tap)]
    public async Task They_are_added_and_removed_while_a_stream_runs()
    {
        await using StreamServer server = new(IPAddress.Loopback);
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        await lab.Guest.ServeAsync("0.0.0.0", 7000);
        Task<string> stream = lab.Guest.StreamToolAsync($"put {lab.Gateway} {server.Port} {1024L << 20} 1");
        for (int round = 0; round < 3; round++)
        {
            int tcp = FreePort.Tcp(), udp = FreePort.Tcp();
            await lab.Home.Weft.RunAsync("forward", "add", $"{tcp}:vm1:7000");
            await lab.Home.Weft.RunAsync("forward", "add", $"{udp}:vm1:7000/udp");
            StreamReport report = await StreamEnd.RunAsync(new IPEndPoint(IPAddress.Loopback, tcp), new StreamOrder(Upload: round % 2 == 0, 1 << 20, 3));
            Assert.True(report.Right, report.ToString());
            Assert.Equal(20, await DatagramClient.EchoedAsync(new IPEndPoint(IPAddress.Loopback, udp), 20, 1000));

            await lab.Home.Weft.RunAsync("forward", "rm", $"{tcp}");
            await lab.Home.Weft.RunAsync("forward", "rm", $"{udp}/udp");
            using TcpClient late = new();
            SocketException refused = await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(IPAddress.Loopback, tcp));
            Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        }

        StreamReport whole = StreamReport.Parse(await stream);
        Assert.True(whole.Right, whole.ToString());
    }

    [Scene(Needs.Tap)]
    public async Task A_caller_from_outside_keeps_its_address_and_one_from_the_host_is_the_gateway()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        Assert.Equal(lab.Gateway, await CallAsync(lab, IPAddress.Loopback, IPAddress.Loopback));
        IPAddress[] own = [.. Dns.GetHostAddresses(Dns.GetHostName()).Where(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a))];
        foreach (IPAddress address in own)
        {
            Assert.Equal(address.ToString(), await CallAsync(lab, address, address));
        }
    }

    [Scene(Needs.Tap)]
    public async Task A_call_to_a_guest_without_a_cable_waits_and_one_to_a_guest_without_an_address_ends()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        int port = FreePort.Tcp();
        await lab.Home.Weft.RunAsync("forward", "add", $"{port}:vm1:7000");
        await lab.Home.Weft.RunAsync("nic", "unplug", "vm1:1");
        Task<int> call = ReadToEnd(port);
        await Task.Delay(300);
        Assert.False(call.IsCompleted);
        await lab.Home.Weft.RunAsync("nic", "plug", "vm1:1");
        Assert.Equal(0, await call); // it got through, and nobody listens there

        string file = lab.Home.Folder.File("lab.weft.yml");
        await lab.Home.ApplyAsync((await File.ReadAllTextAsync(file)).Replace("vms: {", "vms: { away: [lab],"));
        await lab.Home.Weft.RunAsync("forward", "add", $"{port}:away:7000");
        Assert.Equal(0, await ReadToEnd(port));
    }

    /// <summary>Bytes until the end, which may be a reset.</summary>
    private static async Task<int> ReadToEnd(int port)
    {
        using TcpClient client = new();
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(12));
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, late.Token);
            return await client.GetStream().ReadAsync(new byte[1], late.Token);
        }
        catch (Exception end) when (end is SocketException or IOException)
        {
            return 0;
        }
    }

    /// <summary>Who the guest sees when the host calls a forward at <paramref name="listen"/>.</summary>
    private static async Task<string> CallAsync(NamespaceHost lab, IPAddress listen, IPAddress from)
    {
        int port = FreePort.Tcp();
        string file = lab.Home.Folder.File($"peer-{port}");
        Task<Weft.Cli.Demo.GuestResult> server = lab.Guest.RunAsync($"busybox nc -l -p 7001 -e sh -c 'ss -Htn state established sport = :7001 >{file}; echo done'");
        await lab.Home.Weft.RunAsync("forward", "add", $"{listen}:{port}:vm1:7001");
        for (string line = ""; line.Length == 0; await Task.Delay(50))
        {
            using TcpClient client = new(new IPEndPoint(from, 0));
            await client.ConnectAsync(listen, port);
            using StreamReader reader = new(client.GetStream());
            line = await reader.ReadLineAsync() ?? "";
        }

        await server;
        string[] words = (await File.ReadAllTextAsync(file)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words[3].Replace("[::ffff:", "").Split(']', ':')[0];
    }
}
