using System.Diagnostics;

namespace Weft.Lab.Services;

/// <summary>A real dnsmasq on an address of the loopback, where the world is what it is told.</summary>
internal sealed class Resolver : IAsyncDisposable
{
    private readonly Process _process;

    private Resolver(string address, Process process)
    {
        Address = address;
        _process = process;
    }

    public string Address { get; }

    /// <param name="answer">What www.weft.test is here.</param>
    public static async Task<Resolver> StartAsync(string address, string answer, ScratchFolder folder)
    {
        string large = string.Join(',', Enumerable.Range(0, 4).Select(i => new string((char)('a' + i), 200)));
        string file = folder.File($"{address}.conf");
        await File.WriteAllTextAsync(file, $"""
            no-resolv
            no-hosts
            port=53
            bind-interfaces
            listen-address={address}
            user=root
            pid-file={folder.File(address)}.pid
            local=/test/
            address=/www.weft.test/{answer}
            txt-record=large.weft.test,{large}
            dns-rr=odd.weft.test,65280,00:ff:0a:0d:01:02
            """);
        ProcessStartInfo start = new("sh", ["-c", $"PATH=$PATH:/usr/sbin exec dnsmasq --keep-in-foreground -C {file}"]);
        Resolver resolver = new(address, Process.Start(start)!);
        await Eventually.Async(() => File.Exists($"{folder.File(address)}.pid"), "dnsmasq");
        return resolver;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
