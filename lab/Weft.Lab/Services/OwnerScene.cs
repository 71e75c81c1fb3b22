using Weft.Cli.Demo;
using Weft.Lab.BadInput;

namespace Weft.Lab.Services;

/// <summary>What one user's Weft has, another user neither sees nor joins.</summary>
public sealed class OwnerScene
{
    private const UnixFileMode Others = (UnixFileMode)0b111_111;
    private const string Nobody = "65534";

    [Scene]
    public async Task Sockets_and_state_are_only_the_owners()
    {
        await using WeftHome home = await WeftHome.UpAsync("networks: { quiet: internal }\nvms: { alpha: [quiet, { net: quiet, attach: seqpacket }] }\n");
        string[] all = [home.Home, .. Directory.EnumerateFileSystemEntries(home.Home, "*", SearchOption.AllDirectories)];
        Assert.Contains($"{home.Home}/run/ports/alpha-1.vhost", all);
        Assert.Contains($"{home.Home}/run/ports/alpha-2.sock", all);
        Assert.All(all, path => Assert.True((File.GetUnixFileMode(path) & Others) == 0, path));
    }

    [Scene(Needs.Root)]
    public async Task Another_user_is_refused()
    {
        await using WeftHome home = await WeftHome.UpAsync("networks: { quiet: internal }\nvms: { alpha: [quiet, { net: quiet, attach: seqpacket }] }\n");
        string before = await WholeState.ReadAsync(home);

        // Even when the way to the sockets is open, the kernel says who knocks.
        foreach (string path in (string[])[home.Folder.Path, home.Home, $"{home.Home}/run", $"{home.Home}/run/ports"])
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherExecute | UnixFileMode.OtherRead | UnixFileMode.GroupExecute | UnixFileMode.GroupRead);
        }

        foreach (string socket in (string[])["run/weftd.sock", "run/worker.sock", "run/keeper.sock", "run/ports/alpha-1.vhost", "run/ports/alpha-2.sock"])
        {
            GuestResult knock = await Shell.RunAsync("setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "perl", "-MSocket", "-e",
                "socket(S, AF_UNIX, $ARGV[1], 0); connect(S, pack_sockaddr_un($ARGV[0])) or print $!", $"{home.Home}/{socket}", socket.EndsWith("weftd.sock") || socket.EndsWith("vhost") ? "1" : "5");
            Assert.Equal("Permission denied", knock.Output);
        }

        Assert.Equal(before, await WholeState.ReadAsync(home));
    }
}
