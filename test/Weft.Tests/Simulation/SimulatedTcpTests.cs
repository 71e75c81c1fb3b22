using Weft.Engine;
using Weft.Wire;

namespace Weft.Tests.Simulation;

/// <summary>What the simulator promises of a kernel's TCP socket; the real one is held to the same by the Linux room's tests.</summary>
public sealed unsafe class SimulatedTcpTests
{
    private static readonly HostEnd Server = new(IpAddress.FromV4(0xc6336401), 80);
    private static readonly ReadyToken Token = new(1, 0, 0);

    private readonly SimulatedWorld _world = new();
    private readonly SimulatedHost _host;

    public SimulatedTcpTests()
    {
        _host = _world.Start();
    }

    [Fact]
    public void A_dialled_connection_counts_its_syn_and_both_fins()
    {
        var peer = new SinkPeer();
        int socket = Dial(peer);
        Assert.Equal((KernelTcp.Established, 1ul, 0ul, 0), State(socket));
        Assert.Equal(5, Send(socket, 5));
        Assert.Equal((KernelTcp.Established, 1ul, 0ul, 5), State(socket));
        _host.Sockets.ShutdownWrite(socket);
        Assert.Equal((KernelTcp.FinWait1, 1ul, 0ul, 6), State(socket));
        _world.Time.Advance(_world.Latency);
        Assert.Equal((KernelTcp.FinWait2, 7ul, 0ul, 0), State(socket));
        _world.Time.Advance(_world.Latency);
        Assert.Equal((KernelTcp.Closed, 7ul, 1ul, 0), State(socket));
        Assert.Equal(0, _host.Sockets.TakeError(socket));
        Assert.Equal(-1, peer.FirstWrong);
    }

    [Fact]
    public void Peeking_moves_the_offset_on_and_discarding_moves_it_back()
    {
        int socket = Dial(new SourcePeer(1000));
        _world.Time.Advance(10_000);
        Assert.Equal(0, Peek(socket, 0, 600));
        Assert.Equal(600, _host.Sockets.Discard(socket, 100) + 500);
        Assert.Equal(600, PeekCount(socket, 600, 400) + 200);
        Assert.Equal(0, PeekCount(socket, 0, 1));
        _host.Sockets.SetPeekOffset(socket, 50);
        Assert.Equal(900, _host.Sockets.Discard(socket, 2000));
        Assert.Equal(0, PeekCount(socket, 0, 10));
        Assert.Equal(KernelTcp.CloseWait, State(socket).State);
    }

    [Fact]
    public void Write_readiness_comes_only_after_somebody_saw_the_socket_full()
    {
        var peer = new SlowReader(buffer: 1000, chunk: 1000, pause: 100) { IsStuck = true };
        int socket = Dial(peer);
        _host.Readiness.Watch(socket, Token, Ready.Read | Ready.Write);
        Assert.Equal(Ready.Write, Wait(0));
        while (_host.Sockets.Room(socket) > 0)
        {
            Send(socket, _host.Sockets.Room(socket));
        }
        peer.IsStuck = false;
        Assert.Equal(Ready.None, Wait(10_000_000));
        Assert.Equal(_world.SendBuffer, _host.Sockets.Room(socket) + _world.SendBuffer / 8);
        long sent = 0;
        while (Send(socket, 65_536) is > 0 and long more)
        {
            sent += more;
        }
        Assert.Equal(Ready.Write, Wait(10_000_000));
        Assert.Equal(Ready.None, Wait(0));
    }

    [Fact]
    public void Waiting_bytes_outlive_a_reset_and_the_error_is_taken_once()
    {
        var peer = new SourcePeer(long.MaxValue);
        int socket = Dial(peer);
        _world.Time.Advance(1000);
        peer.Reset();
        _world.Time.Advance(1000);
        Assert.True(PeekCount(socket, 0, 4096) == 4096);
        Assert.Equal(-Errno.ConnectionReset, Send(socket, 1));
        Assert.Equal(-Errno.BrokenPipe, Send(socket, 1));
        Assert.Equal(KernelTcp.Closed, State(socket).State);
    }

    [Fact]
    public void A_refused_dial_shows_its_error()
    {
        int socket = _host.Sockets.OpenTcp(default);
        _host.Readiness.Watch(socket, Token, Ready.Write);
        Assert.Equal(Ready.Write | Ready.HangUp, Wait(0));
        Assert.Equal(-Errno.InProgress, _host.Sockets.Connect(socket, Server));
        Assert.Equal(Ready.Write | Ready.Error | Ready.HangUp, Wait(1_000_000));
        Assert.Equal(Errno.ConnectionRefused, _host.Sockets.TakeError(socket));
    }

    [Fact]
    public void A_kept_connection_survives_a_kill_and_an_unkept_one_does_not()
    {
        var keptPeer = new SinkPeer();
        var lostPeer = new SinkPeer();
        int kept = Dial(keptPeer);
        int lost = Dial(lostPeer);
        int slot = _host.Keeper.Add(kept);
        _host.Keeper.Flush();
        _host.Keeper.Add(lost);
        Send(kept, 10);
        _world.Kill(_host);
        SimulatedHost next = _world.Start();
        _world.Time.Advance(10_000);
        Assert.True(lostPeer.SawFin);
        Assert.False(keptPeer.SawFin);
        Assert.True(next.Sockets.TryReadState(next.Handed[slot], out TcpSocketState state));
        Assert.Equal((11ul, KernelTcp.Established), (state.BytesAcked, state.State));
        next.Ends.End(next.Handed[slot], slot, abort: true);
        next.Keeper.Flush();
        _world.Time.Advance(10_000);
        Assert.True(keptPeer.SawReset);
        Assert.Equal(0, _world.LiveSockets);
        Assert.Empty(_world.Kept);
    }

    [Fact]
    public void Closing_a_kept_connection_ends_nothing()
    {
        var peer = new SinkPeer();
        int socket = Dial(peer);
        _host.Readiness.Watch(socket, Token, Ready.Read);
        _host.Keeper.Add(socket);
        _host.Keeper.Flush();
        _host.Sockets.Close(socket);
        _world.Time.Advance(10_000);
        Assert.False(peer.SawFin);
        peer.Finish();
        Assert.NotEqual(Ready.None, Wait(10_000));
    }

    [Fact]
    public void An_outsider_reaches_a_listener()
    {
        int listener = _host.Sockets.Listen(new HostEnd(IpAddress.FromV4(0), 8080), udp: false);
        _host.Readiness.Watch(listener, Token, Ready.Read);
        Assert.Null(_world.Dial(Server, Server, new EchoPeer()));
        var from = new HostEnd(IpAddress.FromV4(0xc6336409), 5555);
        Assert.NotNull(_world.Dial(from, new HostEnd(_world.HostAddress, 8080), new EchoPeer()));
        Assert.Equal(Ready.Read, Wait(0));
        int socket = _host.Sockets.Accept(listener, out HostEnd peer);
        Assert.Equal(from, peer);
        Assert.Equal(-Errno.Again, _host.Sockets.Accept(listener, out _));
        Assert.Equal((KernelTcp.Established, 0ul, 0ul, 0), State(socket));
        Send(socket, 100);
        _world.Time.Advance(10_000);
        Assert.Equal(0, Peek(socket, 0, 100));
    }

    [Fact]
    public void Faults_strike_at_the_nth_call()
    {
        int socket = Dial(new SinkPeer());
        _host.Seam.FailAt(2, Errno.Again);
        Assert.Equal(1, Send(socket, 1));
        Assert.Equal(-Errno.Again, Send(socket, 1));
        _host.Seam.KillAfter(1);
        Assert.Throws<WorkerKilled>(() => Send(socket, 1));
        Assert.Equal(2, State(socket).OutQueue);
    }

    private int Dial(TcpPeer peer)
    {
        _world.Serve(Server, () => peer);
        int socket = _host.Sockets.OpenTcp(default);
        Assert.Equal(-Errno.InProgress, _host.Sockets.Connect(socket, Server));
        _world.Time.Advance(2 * _world.Latency);
        return socket;
    }

    private (byte State, ulong Acked, ulong Received, int OutQueue) State(int socket)
    {
        Assert.True(_host.Sockets.TryReadState(socket, out TcpSocketState state));
        return (state.State, state.BytesAcked, state.BytesReceived, state.OutQueue);
    }

    private long Send(int socket, int length)
    {
        byte[] bytes = new byte[length];
        Pattern.Fill(bytes, 0);
        fixed (byte* start = bytes)
        {
            var run = new IoVec(start, (nuint)length);
            return _host.Sockets.Send(socket, &run, 1);
        }
    }

    /// <summary>Peeks exactly <paramref name="length"/> bytes of the pattern from <paramref name="position"/>; 0 when they are right.</summary>
    private int Peek(int socket, long position, int length) => PeekCount(socket, position, length) == length ? 0 : -1;

    private int PeekCount(int socket, long position, int length)
    {
        byte[] bytes = new byte[length];
        fixed (byte* start = bytes)
        {
            var run = new IoVec(start, (nuint)length);
            int count = (int)_host.Sockets.Peek(socket, &run, 1);
            Assert.Equal(-1, Pattern.FirstWrong(bytes.AsSpan(0, Math.Max(0, count)), position));
            return count;
        }
    }

    private Ready Wait(long microseconds)
    {
        var events = new ReadyEvent[4];
        int count = _host.Readiness.Wait(events, microseconds);
        return count == 0 ? Ready.None : events[0].What;
    }
}
