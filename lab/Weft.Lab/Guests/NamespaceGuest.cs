using System.Diagnostics;
using Weft.Cli.Demo;

namespace Weft.Lab.Guests;

/// <summary>A network namespace as a guest: the host kernel's TCP behind a TAP that Weft makes in it.</summary>
/// <remarks>
/// Root makes a named one (ip netns). An ordinary user makes one with a user namespace of its own (unshare -Urn), held by
/// a process that waits for the end of its input, and named by that process's id.
/// </remarks>
internal sealed class NamespaceGuest : IAsyncDisposable
{
    private static int _made;

    private readonly string[] _inside;
    private readonly Process? _holder;
    private readonly List<Process> _background = [];

    private NamespaceGuest(string reference, string[] inside, Process? holder)
    {
        Reference = reference;
        _inside = inside;
        _holder = holder;
    }

    /// <summary>What a topology writes after <c>netns:</c>.</summary>
    public string Reference { get; }

    public static async Task<NamespaceGuest> CreateAsync()
    {
        NamespaceGuest guest = Environment.IsPrivilegedProcess ? await CreateNamedAsync() : await CreateOwnAsync();
        await guest.MustAsync("busybox ip link set lo up");
        return guest;
    }

    /// <summary>Runs a shell command inside.</summary>
    public async Task<GuestResult> RunAsync(string command, TimeSpan? limit = null)
    {
        using Process process = Start(["sh", "-c", $"exec 2>&1\n{command}"]);
        process.StandardInput.Close();
        using CancellationTokenSource late = new(limit ?? TimeSpan.FromSeconds(30));
        try
        {
            string output = await process.StandardOutput.ReadToEndAsync(late.Token);
            await process.WaitForExitAsync(late.Token);
            return new GuestResult(process.ExitCode, output);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new GuestResult(137, $"not ended in time: {command}");
        }
    }

    /// <summary>The output of a command that must succeed.</summary>
    public async Task<string> MustAsync(string command, TimeSpan? limit = null)
    {
        GuestResult result = await RunAsync(command, limit);
        return result.Ok ? result.Text : throw new IOException($"in the namespace: {command}: {result.Text}");
    }

    /// <summary>Asks for an address with busybox udhcpc, which stays to renew it only when told.</summary>
    public async Task<GuestLease> DhcpAsync(string nic) => Leased(await MustAsync(
        $"busybox ip link set {nic} up; exec busybox udhcpc -f -q -n -t 20 -T 1 -i {nic} -s {Script}"));

    /// <summary>The same with ISC dhclient, whose authors are not udhcpc's. It runs as a copy: Debian's AppArmor profile goes by the path.</summary>
    public async Task<GuestLease> DhclientAsync(string nic, ScratchFolder folder) => Leased(await MustAsync($"""
        PATH=$PATH:/usr/sbin:/sbin
        cd {folder.Path} && cp "$(command -v dhclient)" dhclient || exit
        ./dhclient -d -1 -sf {Script} -lf "$PWD/leases" -pf "$PWD/pid" {nic} >said 2>&1 &
        until grep -q '^lease' said; do kill -0 $! || break; sleep 0.1; done
        kill -9 $!
        cat said
        """, TimeSpan.FromSeconds(40)));

    /// <summary>Runs this assembly's <see cref="Streams.StreamTool"/> inside.</summary>
    public async Task<string> StreamToolAsync(string arguments, TimeSpan? limit = null) =>
        (await RunAsync($"exec {Tool} {arguments}", limit ?? TimeSpan.FromMinutes(2))).Text;

    /// <summary>Starts a stream server inside, until the guest is disposed.</summary>
    public async Task ServeAsync(string address, int port)
    {
        Process server = Start(["sh", "-c", $"exec {Tool} serve {address} {port}"]);
        _background.Add(server);
        string? said = await server.StandardOutput.ReadLineAsync();
        Assert.Equal("serving", said);
    }

    /// <summary>Starts this assembly's program inside, for a conversation over its input and output. It ends with its input, or with the guest.</summary>
    public Process StartTool(string arguments)
    {
        Process tool = Start(["sh", "-c", $"exec 2>&1; exec {Tool} {arguments}"]);
        _background.Add(tool);
        return tool;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _background)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        if (_holder is null)
        {
            using Process delete = Process.Start("ip", ["netns", "delete", Reference]);
            await delete.WaitForExitAsync();
        }
        else
        {
            _holder.StandardInput.Close();
            await _holder.WaitForExitAsync();
            _holder.Dispose();
        }
    }

    private static string Script => Path.Combine(AppContext.BaseDirectory, "Guests", "namespace-dhcp.sh");

    /// <summary>The command line of this assembly's program.</summary>
    public static string Tool => $"dotnet {Path.Combine(AppContext.BaseDirectory, "Weft.Lab.dll")}";

    private static async Task<NamespaceGuest> CreateNamedAsync()
    {
        string name = $"weft-lab-{Environment.ProcessId}-{Interlocked.Increment(ref _made)}";
        using Process add = Process.Start("ip", ["netns", "add", name]);
        await add.WaitForExitAsync();
        return add.ExitCode == 0
            ? new NamespaceGuest(name, ["ip", "netns", "exec", name], holder: null)
            : throw new IOException($"ip netns add {name} exits {add.ExitCode}");
    }

    private static async Task<NamespaceGuest> CreateOwnAsync()
    {
        ProcessStartInfo start = new("unshare", ["-Urn", "sh", "-c", "echo there; read end"])
        {
            RedirectStandardInput = true, // ends with us, however we end
            RedirectStandardOutput = true,
        };
        Process holder = Process.Start(start)!;
        await holder.StandardOutput.ReadLineAsync();
        string pid = holder.Id.ToString();
        return new NamespaceGuest(pid, ["nsenter", "--preserve-credentials", "-U", "-n", "-t", pid], holder);
    }

    private static GuestLease Leased(string output)
    {
        string? line = output.Split('\n').LastOrDefault(l => l.StartsWith("lease ", StringComparison.Ordinal));
        return line?.Split(' ') is [_, var address, var gateway, var dns]
            ? new GuestLease(address, 0, gateway.Trim('-'), dns.Trim('-'))
            : throw new IOException($"no lease: {output}");
    }

    private Process Start(string[] command) => Process.Start(new ProcessStartInfo(_inside[0], [.. _inside[1..], .. command])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;
}
