using System.Net;
using System.Net.Sockets;

namespace Weft.Cli.Demo;

/// <summary>Everything the demo starts, in one folder, so that ending it ends everything: guests, server, Weft, files.</summary>
internal sealed class DemoStage : IAsyncDisposable
{
    public const long DownloadBytes = 256L << 20;

    private readonly List<UmlGuest> _guests = [];
    private bool _up;

    public DemoStage()
    {
        Folder = Directory.CreateTempSubdirectory("weft-demo-").FullName;
        Weft = new WeftCommand(Path.Combine(Folder, "home"));
        ForwardPort = FreePort();
    }

    public string Folder { get; }

    public WeftCommand Weft { get; }

    public DemoWebServer Server { get; } = new(DownloadBytes);

    /// <summary>Port of the host that leads to alpha's web server.</summary>
    public int ForwardPort { get; }

    public UmlGuest Alpha => _guests.Find(g => g.Name == "alpha") ?? throw new DemoFailure("alpha is not there");

    public UmlGuest Beta => _guests.Find(g => g.Name == "beta") ?? throw new DemoFailure("beta is not there");

    public async Task UpAsync(CancellationToken cancel)
    {
        string file = Path.Combine(Folder, "demo.weft.yml");
        await File.WriteAllTextAsync(file, DemoFiles.Topology.Replace("8080:", $"{ForwardPort}:"), cancel);
        _up = true;
        await Weft.RunAsync("up", file);
    }

    public async Task BootAsync(CancellationToken cancel, params string[] names)
    {
        Task<UmlGuest>[] booting = [.. names.Select(name => BootAsync(name, cancel))];
        await Task.WhenAll(booting.Select(b => b.ContinueWith(_ => { }, TaskScheduler.Default)));
        _guests.AddRange(booting.Where(b => b.IsCompletedSuccessfully).Select(b => b.Result));
        await Task.WhenAll(booting);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_guests.Select(g => g.DisposeAsync().AsTask()));
        await Server.DisposeAsync();
        if (_up)
        {
            await Weft.TryAsync("down");
            await HomeProcesses.EndAsync(Weft.Home, TimeSpan.FromSeconds(3));
        }

        Directory.Delete(Folder, recursive: true);
    }

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task<UmlGuest> BootAsync(string name, CancellationToken cancel)
    {
        string[] nics = await Weft.UmlNicsAsync(name);
        return await UmlGuest.BootAsync(new UmlGuestSettings(name, Path.Combine(Folder, name), nics[0]), cancel);
    }
}
