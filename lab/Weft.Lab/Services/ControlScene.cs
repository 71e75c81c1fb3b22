using System.Globalization;
using Weft.Cli.Demo;
using Weft.Lab.Guests;

namespace Weft.Lab.Services;

/// <summary>
/// Guests reach the host's loopback where their network says so, and never what steers Weft: that has no address a guest could
/// name. Whoever adds a control port over IP meets this scene first, and <c>HostAccess.Protect</c>.
/// </summary>
public sealed class ControlScene
{
    private const string Listening = "0A";

    [Scene(Needs.Tap)]
    public async Task Nothing_of_Wefts_own_listens_where_a_guest_could_reach_it()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        int forward = FreePort.Tcp();
        await lab.Home.Weft.RunAsync("forward", "add", $"{forward}:vm1:7000");

        HashSet<string> sockets = [];
        foreach (string role in (string[])["daemon", "keeper", "worker"])
        {
            int[] processes = HomeProcesses.Find(lab.Home.Home, role);
            Assert.NotEmpty(processes);
            sockets.UnionWith(processes.SelectMany(SocketsOf));
        }

        // The one listener is the forward's own: so the look-up sees what it looks for.
        Assert.Equal([forward], Listeners("/proc/net/tcp").Where(l => sockets.Contains(l.Socket)).Select(l => l.Port).Distinct());
        Assert.DoesNotContain(Listeners("/proc/net/tcp6"), l => sockets.Contains(l.Socket));
    }

    /// <summary>Inodes of a process's sockets.</summary>
    private static IEnumerable<string> SocketsOf(int process) => Directory.GetFiles($"/proc/{process}/fd")
        .Select(file => new FileInfo(file).LinkTarget)
        .Where(target => target?.StartsWith("socket:[", StringComparison.Ordinal) == true)
        .Select(target => target!["socket:[".Length..^1]);

    private static List<(int Port, string Socket)> Listeners(string table) => File.Exists(table)
        ? [.. File.ReadLines(table).Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(l => l[3] == Listening).Select(l => (int.Parse(l[1].Split(':')[1], NumberStyles.HexNumber), l[9]))]
        : [];
}
