using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Sockets;
using Weft.Wire;

namespace Weft.Tests.Keeper;

/// <summary>A descriptor that two processes hold is not ended by closing it.</summary>
public sealed partial class KeptDescriptorsTests : IDisposable
{
    private readonly HostSockets _sockets = new();
    private readonly EpollReadiness _readiness = new();
    private readonly int _far;
    private readonly KeeperLink _link;
    private readonly KeptDescriptors _kept;

    public KeptDescriptorsTests()
    {
        SocketCalls.Pair(SocketConstants.TypeSeqpacket, out int near, out _far);
        _link = new KeeperLink(near, SlotLimit.Raise());
        _kept = new KeptDescriptors(_readiness, _sockets, _link);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheOtherEndHearsOfItThoughADuplicateLives(bool abort)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int socket = _sockets.OpenTcp(default);
        _sockets.Connect(socket, new HostEnd(Loopback, (ushort)((IPEndPoint)listener.LocalEndpoint).Port));
        using Socket peer = listener.AcceptSocket();
        int duplicate = FileCalls.Duplicate(socket);
        ReadyToken token = new(1, 1, 1);
        _readiness.Watch(socket, token, Ready.Read | Ready.PeerClosed);
        int slot = _link.Add(socket);
        _link.Flush();

        _kept.End(socket, slot, abort);

        peer.ReceiveTimeout = 10_000;
        if (abort)
        {
            Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => peer.Receive(new byte[1])).SocketErrorCode);
        }
        else
        {
            Assert.Equal(0, peer.Receive(new byte[1]));
        }
        Assert.Equal(0, _readiness.Wait(new ReadyEvent[4], 20_000));
        Assert.Equal(1, _link.Queued);
        FileCalls.Close(duplicate);
    }

    [Fact]
    public void AListenerStopsThoughADuplicateLives()
    {
        int listener = _sockets.Listen(new HostEnd(Loopback, 0), udp: false);
        HostEnd at = _sockets.LocalEnd(listener);
        int duplicate = FileCalls.Duplicate(listener);
        _kept.End(listener, -1, abort: true);
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Equal(
            SocketError.ConnectionRefused,
            Assert.Throws<SocketException>(() => client.Connect(IPAddress.Loopback, at.Port)).SocketErrorCode);
        FileCalls.Close(duplicate);
    }

    /// <summary>As far as text can tell: outside of this room nobody closes a descriptor that is kept in a field, as flows and
    /// listeners are; what is closed is a local, before it was ever given to the keeper.</summary>
    [Fact]
    public void NothingElseClosesWhatMayBeKept()
    {
        foreach (string room in (string[])["Gateway", "Switching"])
        {
            string folder = Path.Combine(Root(), "src", $"Weft.{room}");
            foreach (string file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(name => !name.Contains("/obj/")))
            {
                // The sockets of DNS queries are short-lived and never kept.
                if (file.Contains("/Dns/"))
                {
                    continue;
                }
                string text = File.ReadAllText(file);
                Assert.False(ClosesAField().IsMatch(text), $"{file}: {ClosesAField().Match(text).Value}");
                Assert.DoesNotContain("FileCalls.Close", text);
            }
        }
        Assert.Matches(ClosesAField(), "_sockets.Close(state.Socket);");
        Assert.Matches(ClosesAField(), "Sockets.Close(_listener);");
        Assert.DoesNotMatch(ClosesAField(), "_sockets.Close(socket);");
    }

    public void Dispose()
    {
        _link.Dispose();
        FileCalls.Close(_far);
        _readiness.Dispose();
        _sockets.Dispose();
    }

    private static IpAddress Loopback => IpAddress.FromV4(0x7f000001);

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Weft.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }
        return folder ?? throw new InvalidOperationException("the tests run outside of the source tree");
    }

    [GeneratedRegex(@"[sS]ockets\.Close\((?:_\w+|[^()]*[.\[\]][^()]*)\)")]
    private static partial Regex ClosesAField();
}
