using System.Net.Sockets;
using System.Text;
using Weft.Lab.BadInput;

namespace Weft.Lab.Vhost;

/// <summary>A card's socket at a place where somebody else listens: refused in three lines, and the other is not disturbed.</summary>
public sealed class TakenSocketScene
{
    [Scene]
    public async Task A_socket_that_somebody_listens_at_is_refused_and_left_alone()
    {
        await using WeftHome home = new();
        string path = home.Folder.File("taken.sock"), file = home.Folder.File("taken.weft.yml");
        using Socket other = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(path));
        other.Listen(4);
        await File.WriteAllTextAsync(file, $"networks: {{ lab: nat-network }}\nvms: {{ alpha: [{{ net: lab, vhost-user: {path} }}] }}\n");

        Refusal refusal = await Refusal.OfAsync(home, "up", file);
        Assert.Contains("alpha:1", refusal.Message);
        Assert.Contains(path, refusal.Why);
        Assert.StartsWith($"pid {Environment.ProcessId}, ", refusal.Why);
        Assert.DoesNotContain("rm ", refusal.Try);
        Assert.EndsWith($"weft up {file}", refusal.Try);
        Assert.Equal("anybody?", await AskAsync(other, path));

        // Once it is gone, the same file is right.
        other.Dispose();
        await home.Weft.RunAsync("up", file);
        Assert.Equal(path, (await home.StatusAsync()).Networks.Single().Ports.Single().Path);
    }

    /// <summary>Calls the listener and takes its answer. Who looked whether somebody listens has hung up by now, and stands before us in the queue.</summary>
    private static async Task<string> AskAsync(Socket listener, string path)
    {
        using Socket caller = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await caller.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await caller.SendAsync("anybody?"u8.ToArray());
        byte[] said = new byte[64];
        for (int count = 0; count == 0;)
        {
            using Socket accepted = await listener.AcceptAsync();
            count = await accepted.ReceiveAsync(said);
        }

        return Encoding.ASCII.GetString(said).TrimEnd('\0');
    }
}
