using System.Net.Sockets;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Tests.Keeper;

/// <summary>Who accepts, and when somebody is asked again.</summary>
public sealed class KeptListenerTests : IConnectionKeeper, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weft-listener").FullName;
    private readonly EpollReadiness _readiness = new();
    private readonly Lane _lane;
    private readonly int _socket;
    private readonly List<(int Socket, int Slot)> _taken = [];
    private readonly List<int> _ended = [];
    private bool _accepts = true;
    private int _questions;

    public KeptListenerTests()
    {
        _lane = new Lane(_readiness, TimeProvider.System);
        _socket = UnixSockets.Listen(Path, SocketConstants.TypeStream);
    }

    private string Path => System.IO.Path.Combine(_folder, "listener");

    public void Dispose()
    {
        _taken.ForEach(t => FileCalls.Close(t.Socket));
        FileCalls.Close(_socket);
        _lane.Dispose();
        _readiness.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public int Keep(int descriptor) => 40 + _taken.Count;

    void IConnectionKeeper.End(int descriptor, int slot) => _ended.Add(slot);

    public bool AskAccept(IAcceptTarget target)
    {
        _questions += _accepts ? 1 : 0;
        return _accepts;
    }

    [Fact]
    public void Who_calls_while_the_keeper_is_asked_is_not_forgotten()
    {
        KeptListener listener = Make(slot: 3);
        listener.Accept();
        listener.Accept();
        Assert.Equal(1, _questions);

        listener.OnAcceptEnd(-Errno.EAGAIN);
        Assert.Equal(2, _questions);
        listener.OnAcceptEnd(-Errno.EAGAIN);
        Assert.Equal(2, _questions);
        Assert.Equal(long.MaxValue, listener.NextDeadline);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-Errno.ECONNRESET)]
    public void More_may_wait(int answer)
    {
        KeptListener listener = Make(slot: 3);
        listener.Accept();
        listener.OnAcceptEnd(answer);
        Assert.Equal(2, _questions);
    }

    [Fact]
    public void A_keeper_that_could_not_is_asked_again_after_a_pause()
    {
        KeptListener listener = Make(slot: 3);
        listener.Accept();
        listener.OnAcceptEnd(-Errno.EMFILE);
        Assert.Equal(1, _questions);
        Assert.InRange(listener.NextDeadline, _lane.Now + 1, _lane.Now + 1_000_000);

        listener.Accept();
        Assert.Equal(2, _questions);
        Assert.Equal(long.MaxValue, listener.NextDeadline);
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, -1)]
    public void Without_a_keeper_they_are_accepted_here(bool accepts, int slot)
    {
        _accepts = accepts;
        using Socket one = Connect(), two = Connect();
        Make(slot).Accept();
        Assert.Equal([40, 41], _taken.Select(t => t.Slot));
        Assert.Equal(0, _questions);
    }

    [Fact]
    public void A_listener_that_the_keeper_does_not_hold_is_served_here()
    {
        using Socket one = Connect();
        KeptListener listener = Make(slot: 3);
        listener.Accept();
        Assert.Empty(_taken);
        listener.OnAcceptEnd(-Errno.EBADF);
        Assert.Single(_taken);
    }

    [Fact]
    public void What_comes_after_the_end_is_ended()
    {
        KeptListener listener = Make(slot: 3);
        listener.Accept();
        listener.Close();
        Assert.Equal(-1, listener.ListenerSlot);
        listener.OnAccepted(0, 9);
        listener.OnAcceptEnd(0);
        listener.OnAcceptEnd(-Errno.EBADF);
        Assert.Equal([9], _ended);
        Assert.Equal((0, 1), (_taken.Count, _questions));
    }

    private KeptListener Make(int slot) => new(_lane, this, _socket, slot, (socket, kept) => _taken.Add((socket, kept)));

    private Socket Connect()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Path));
        return socket;
    }
}
