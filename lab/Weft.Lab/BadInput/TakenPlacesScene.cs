using System.Net;
using System.Net.Sockets;
using Weft.Cli.Demo;

namespace Weft.Lab.BadInput;

/// <summary>Ports, homes and moments that somebody else has.</summary>
public sealed class TakenPlacesScene
{
    private const string Good = "networks: { lab: nat-network }\nvms: { alpha: [lab] }\n";

    [Scene]
    public async Task A_port_in_use_is_refused_with_its_owner()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using WeftHome home = await WeftHome.UpAsync(Good);
        string before = await WholeState.ReadAsync(home);

        Refusal add = Refusal.Parse(await home.Weft.TryAsync("forward", "add", $"{port}:alpha:80"));
        Assert.Equal((4, "W2003"), (add.Exit, add.Code));
        Assert.Contains($"host port {port} is in use (pid {Environment.ProcessId}, ", add.Message);

        // The file wants more than the port; all of it is undone.
        string file = home.Folder.File("more.yml");
        await File.WriteAllTextAsync(file, $"networks: {{ lab: nat-network, more: internal }}\nvms: {{ alpha: [lab], beta: [more] }}\nforwards: [{port}:alpha:80]\n");
        Refusal up = await Refusal.OfAsync(home, "up", file);
        Assert.Equal("W2003", up.Code);
        Assert.Equal(before, await WholeState.ReadAsync(home));
        await up.TryItAsync(home);
        await add.TryItAsync(home);
    }

    [Scene]
    public async Task A_port_below_1024_needs_a_right()
    {
        // Root without the one capability is refused like anybody else.
        string[] runner = Environment.IsPrivilegedProcess ? ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service", "--"] : [];
        await using WeftHome home = new(runner);
        await home.ApplyAsync(Good);
        string before = await WholeState.ReadAsync(home);
        Refusal refusal = await Refusal.OfAsync(home, "forward", "add", "83:alpha:80");
        Assert.Equal((5, "W2004"), (refusal.Exit, refusal.Code));
        Assert.Equal("weft forward add 8083:alpha:80/tcp", refusal.Try);
        Assert.Equal(before, await WholeState.ReadAsync(home));
        await refusal.TryItAsync(home);
        Assert.Contains("8083:alpha:80", await WholeState.ReadAsync(home));
    }

    [Scene]
    public async Task Of_two_ups_at_a_time_one_is_refused_or_both_are_right()
    {
        await using WeftHome home = await WeftHome.UpAsync(Good);
        string file = home.Folder.File("lab.weft.yml");
        GuestResult[] results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => home.Weft.TryAsync("up", file)));
        Assert.Contains(results, r => r.Ok);
        Assert.All(results.Where(r => !r.Ok).Select(Refusal.Parse), r => Assert.Equal((4, "W2005"), (r.Exit, r.Code)));
    }

    [Scene]
    public async Task A_second_daemon_on_a_home_gives_way()
    {
        await using WeftHome home = await WeftHome.UpAsync(Good);
        string before = await WholeState.ReadAsync(home);
        Refusal refusal = await Refusal.OfAsync(home, "daemon", "--home", home.Home);
        Assert.Equal((4, "W2006"), (refusal.Exit, refusal.Code));
        await refusal.TryItAsync(home);
        Assert.Equal(before, await WholeState.ReadAsync(home));
    }

    [Scene]
    public async Task A_home_too_long_for_a_socket_is_refused_before_anything_is_made()
    {
        await using WeftHome home = new();
        string file = home.Folder.File("lab.weft.yml");
        await File.WriteAllTextAsync(file, Good);
        string far = home.Folder.File(new string('x', 90));
        Refusal refusal = Refusal.Parse(await new WeftCommand(far).TryAsync("up", file));
        Assert.Equal("W2007", refusal.Code);
        Assert.Contains("bytes shorter", refusal.Why);
        Assert.False(Directory.Exists(far));
    }
}
